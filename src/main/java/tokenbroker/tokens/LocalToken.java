package tokenbroker.tokens;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tokenbroker.time.Moment;
import tokenbroker.time.Now;

/**
 * A token in this process and its state. Moments and durations are stored as nanoseconds. Each hit
 * writes a moment, and as an object it would become garbage in the collector's old generation.
 * {@link RefreshAhead} also reads them for all tokens twice a second.
 */
final class LocalToken {

  private static final long NANOS_PER_MILLI = 1_000_000;

  final AccessToken token;
  private final long requestedMillis;
  private final long requestedNanos;
  private final long usableFor;
  private final long refreshAge;
  private final long idleAfter;
  private volatile long verifiedAt;
  private volatile long lastUsed;
  private volatile long refreshNotBefore;

  /**
   * Whether another replica has replaced this token because it is dead. A suspect token is not
   * served until the store has been read again.
   */
  volatile boolean suspect;

  /**
   * Creates the entry for a token that the store confirms as the current one.
   *
   * @param before the entry that this one replaces; null if there is none, so that a caller is
   *     asking now
   */
  LocalToken(
      AccessToken token,
      TokenOwner owner,
      Freshness freshness,
      Moment now,
      @Nullable LocalToken before) {
    this.token = token;
    this.requestedMillis = token.life().requestedAt().toEpochMilli();
    this.requestedNanos = token.life().requested().nanos();
    this.usableFor = freshness.usableFor(token).toNanos();
    this.refreshAge = freshness.refreshAge(token, owner).toNanos();
    this.idleAfter = freshness.idleAfter(token).toNanos();
    this.verifiedAt = now.nanos();
    this.lastUsed = before == null ? now.nanos() : before.lastUsed;
    this.refreshNotBefore = requestedNanos;
  }

  /**
   * Returns the same as {@link Lifespan#age}, in nanoseconds and by milliseconds of the wall clock.
   */
  private long age(Now now) {
    var byWall = (now.wall().toEpochMilli() - requestedMillis) * NANOS_PER_MILLI;
    return Math.max(byWall, now.moment().nanos() - requestedNanos);
  }

  /**
   * Returns how long the token may still be handed out, in nanoseconds; zero or negative if no
   * longer.
   */
  long usableNanosLeft(Now now) {
    return usableFor - age(now);
  }

  boolean hasEnded(Now now) {
    return usableNanosLeft(now) <= 0;
  }

  boolean isLive(Now now) {
    return !suspect && !hasEnded(now);
  }

  boolean isRefreshDue(Now now) {
    return age(now) >= refreshAge && now.moment().nanos() - refreshNotBefore >= 0;
  }

  /** Defers the next refresh after a refresh has failed. */
  void refreshNotBefore(Moment next) {
    refreshNotBefore = next.nanos();
  }

  /** Records that a caller was given this token. */
  void used(Moment now) {
    lastUsed = now.nanos();
  }

  boolean isInUse(Moment now) {
    return now.nanos() - lastUsed < idleAfter;
  }

  /** Records that the store confirms this token as the current one. */
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
