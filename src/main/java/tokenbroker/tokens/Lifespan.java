package tokenbroker.tokens;

import java.time.Duration;
import java.time.Instant;
import tokenbroker.time.Moment;
import tokenbroker.time.Now;

/**
 * A token's life, counted from when the token was requested. Both clocks count; the one that has
 * gone further decides. So neither a wall clock that is set back nor a process that was suspended
 * prolongs a token.
 *
 * @param requestedAt when the request was sent, by the wall clock
 * @param requested when the request was sent, by the ticker
 * @param length above zero
 */
public record Lifespan(Instant requestedAt, Moment requested, Duration length) {

  private static final long NANOS_PER_SECOND = 1_000_000_000;

  public Lifespan {
    if (!length.isPositive()) {
      throw new IllegalArgumentException("a token's life has a positive length");
    }
  }

  public static Lifespan from(Now requested, Duration length) {
    return new Lifespan(requested.wall(), requested.moment(), length);
  }

  /** Returns the life that has so much left now. */
  public static Lifespan withRemaining(Duration remaining, Duration length, Now now) {
    var age = length.minus(remaining);
    return new Lifespan(now.wall().minus(age), now.moment().minus(age), length);
  }

  public Duration age(Now now) {
    return Duration.ofNanos(ageNanos(now));
  }

  /** As {@link #age}, without an object: each hit asks for it. */
  long ageNanos(Now now) {
    var wall = now.wall();
    var byWall =
        (wall.getEpochSecond() - requestedAt.getEpochSecond()) * NANOS_PER_SECOND
            + (wall.getNano() - requestedAt.getNano());
    return Math.max(byWall, now.moment().nanos() - requested.nanos());
  }

  /** Returns what is left; negative after the end. */
  public Duration remaining(Now now) {
    return length.minus(age(now));
  }
}
