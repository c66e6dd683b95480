package tokenbroker.tokens;

import java.time.Duration;
import java.time.Instant;
import tokenbroker.time.Moment;
import tokenbroker.time.Now;

/**
 * The lifetime of a token, which starts when the token was requested. The broker measures age by
 * the wall clock and by the ticker, and the greater age counts. A token therefore lives no longer
 * if the wall clock is set back or the process is suspended.
 *
 * @param requestedAt when the request was sent, by the wall clock
 * @param requested when the request was sent, by the ticker
 * @param length the lifetime; positive
 */
public record Lifespan(Instant requestedAt, Moment requested, Duration length) {

  /** The longest lifetime that a token gets, whatever the upstream says. */
  public static final Duration LONGEST = Duration.ofDays(30);

  private static final long NANOS_PER_SECOND = 1_000_000_000;

  public Lifespan {
    if (!length.isPositive()) {
      throw new IllegalArgumentException("the lifetime of a token must be positive");
    }
  }

  public static Lifespan from(Now requested, Duration length) {
    return new Lifespan(requested.wall(), requested.moment(), length);
  }

  /** Returns a lifespan of the given length that has {@code remaining} left now. */
  public static Lifespan withRemaining(Duration remaining, Duration length, Now now) {
    var age = length.minus(remaining);
    return new Lifespan(now.wall().minus(age), now.moment().minus(age), length);
  }

  public Duration age(Now now) {
    return Duration.ofNanos(ageNanos(now));
  }

  /** Returns {@link #age} in nanoseconds. It allocates nothing, because each hit calls it. */
  long ageNanos(Now now) {
    var wall = now.wall();
    var byWall =
        (wall.getEpochSecond() - requestedAt.getEpochSecond()) * NANOS_PER_SECOND
            + (wall.getNano() - requestedAt.getNano());
    return Math.max(byWall, now.moment().nanos() - requested.nanos());
  }

  /** Returns the remaining lifetime, which is negative after the token has expired. */
  public Duration remaining(Now now) {
    return length.minus(age(now));
  }
}
