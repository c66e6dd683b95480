package tokenbroker.tokens;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A token in this process, and what is known of it. Instants are kept as milliseconds since the
 * epoch: each hit writes one, which as an object would soon be garbage among the collector's old
 * ones, and {@link RefreshAhead} reads those of all tokens again and again.
 */
final class NearbyToken {

  final AccessToken token;
  private final long usableUntil;
  private final long renewalDue;
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
  NearbyToken(
      AccessToken token,
      Account account,
      Freshness freshness,
      Instant now,
      @Nullable NearbyToken before) {
    this.token = token;
    this.usableUntil = freshness.usableUntil(token).toEpochMilli();
    this.renewalDue = freshness.renewalDue(token, account).toEpochMilli();
    this.idleAfter = freshness.idleAfter(token).toMillis();
    this.verifiedAt = now.toEpochMilli();
    this.lastUsed = before == null ? now.toEpochMilli() : before.lastUsed;
  }

  Instant usableUntil() {
    return Instant.ofEpochMilli(usableUntil);
  }

  boolean hasEnded(Instant now) {
    return now.toEpochMilli() >= usableUntil;
  }

  boolean isLive(Instant now) {
    return !suspect && !hasEnded(now);
  }

  boolean endsBefore(NearbyToken other) {
    return usableUntil < other.usableUntil;
  }

  boolean isRenewalDue(Instant now) {
    return now.toEpochMilli() >= Math.max(renewalDue, renewalNotBefore);
  }

  /** The last renewal failed. */
  void renewNotBefore(Instant next) {
    renewalNotBefore = next.toEpochMilli();
  }

  /** A caller gets it. */
  void used(Instant now) {
    lastUsed = now.toEpochMilli();
  }

  boolean isInUse(Instant now) {
    return now.toEpochMilli() < lastUsed + idleAfter;
  }

  /** The store agrees that this is the token to serve. */
  void verified(Instant now) {
    verifiedAt = now.toEpochMilli();
  }

  boolean isVerifiedSince(Instant instant) {
    return !Instant.ofEpochMilli(verifiedAt).isBefore(instant);
  }

  boolean isVerifiedWithin(Duration period, Instant now) {
    return now.toEpochMilli() < verifiedAt + period.toMillis();
  }
}
