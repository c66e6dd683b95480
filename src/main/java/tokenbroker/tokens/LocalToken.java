package tokenbroker.tokens;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tokenbroker.time.Moment;
import tokenbroker.time.Now;

/**
 * A token in this process, and what is known of it. Moments and durations are kept as nanoseconds:
 * each hit writes one, which as an object would soon be garbage among the collector's old ones, and
 * {@link RefreshAhead} reads those of all tokens again and again.
 */
final class LocalToken {

  private static final long NANOS_PER_MILLI = 1_000_000;

  final AccessToken token;
  private final long requestedMillis;
  private final long requestedNanos;
  private final long usableFor;
  private final long renewalAge;
  private final long idleAfter;
  private volatile long verifiedAt;
  private volatile long lastUsed;
  private volatile long renewalNotBefore;

  /**
   * Reported dead and replaced by another replica: not served until the store has been read again.
   */
  volatile boolean suspect;

  /**
   * A token that the store agrees is the one to serve.
   *
   * @param before which it takes the place of; null where there is none, and a caller asks
   */
  LocalToken(
      AccessToken token,
      Account account,
      Freshness freshness,
      Moment now,
      @Nullable LocalToken before) {
    this.token = token;
    this.requestedMillis = token.life().requestedAt().toEpochMilli();
    this.requestedNanos = token.life().requested().nanos();
    this.usableFor = freshness.usableFor(token).toNanos();
    this.renewalAge = freshness.renewalAge(token, account).toNanos();
    this.idleAfter = freshness.idleAfter(token).toNanos();
    this.verifiedAt = now.nanos();
    this.lastUsed = before == null ? now.nanos() : before.lastUsed;
    this.renewalNotBefore = requestedNanos;
  }

  /** As {@link Lifespan#age}, of which this is the lean form. */
  private long age(Now now) {
    var byWall = (now.wall().toEpochMilli() - requestedMillis) * NANOS_PER_MILLI;
    return Math.max(byWall, now.moment().nanos() - requestedNanos);
  }

  /** Returns for how long it may still be handed out, in nanoseconds; not positive at the end. */
  long usableNanosLeft(Now now) {
    return usableFor - age(now);
  }

  boolean hasEnded(Now now) {
    return usableNanosLeft(now) <= 0;
  }

  boolean isLive(Now now) {
    return !suspect && !hasEnded(now);
  }

  boolean isRenewalDue(Now now) {
    return age(now) >= renewalAge && now.moment().nanos() - renewalNotBefore >= 0;
  }

  /** The last renewal failed. */
  void renewNotBefore(Moment next) {
    renewalNotBefore = next.nanos();
  }

  /** A caller gets it. */
  void used(Moment now) {
    lastUsed = now.nanos();
  }

  boolean isInUse(Moment now) {
    return now.nanos() - lastUsed < idleAfter;
  }

  /** The store agrees that this is the token to serve. */
  void verified(Moment now) {
    verifiedAt = now.nanos();
  }

  boolean isVerifiedSince(Moment moment) {
    return verifiedAt - moment.nanos() >= 0;
  }

  boolean isVerifiedWithin(Duration period, Moment now) {
    return now.nanos() - verifiedAt < period.toNanos();
  }
}
