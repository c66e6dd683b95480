package tokenbroker.tokens;

import java.time.Instant;

/** A token in this process, and what is known of it. */
final class NearbyToken {

  final AccessToken token;
  final Instant usableUntil;
  final Instant renewalDue;

  /** When the store last agreed that this is the token to serve. */
  volatile Instant verifiedAt;

  /** When a caller last got it. */
  volatile Instant lastUsed;

  /**
   * Reported dead and replaced by another replica: not served until the store has been read again.
   */
  volatile boolean suspect;

  /** No renewal before this: the last one failed. */
  volatile Instant renewalNotBefore = Instant.MIN;

  NearbyToken(
      AccessToken token, Instant usableUntil, Instant renewalDue, Instant now, Instant lastUsed) {
    this.token = token;
    this.usableUntil = usableUntil;
    this.renewalDue = renewalDue;
    this.verifiedAt = now;
    this.lastUsed = lastUsed;
  }

  boolean isLive(Instant now) {
    return !suspect && now.isBefore(usableUntil);
  }
}
