package tokenbroker.tokens;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tokenbroker.time.Now;

/**
 * A TrackMage access token: a value with an end.
 *
 * @param value the bearer token itself (RFC 6750): printable ASCII without spaces; never logged
 * @param scope as the upstream gave it; null if it gave none
 * @param userId TrackMage's id of the owner; null if it gave none
 * @param userEmail personal data; null if the upstream gave none
 * @param life from the request for the token to its end
 * @param fullLength the longest life that the upstream ever gave this token: more than that of
 *     {@code life} if the upstream handed out the same token again, with what was left of it
 * @param provenance what it came from
 * @param shortOfMinTtl fetched because a caller asked for more life, and still has less than that
 */
public record AccessToken(
    String value,
    @Nullable String scope,
    @Nullable String userId,
    @Nullable String userEmail,
    TokenId id,
    Lifespan life,
    Duration fullLength,
    Provenance provenance,
    boolean shortOfMinTtl) {

  /** What a token retains beside the characters of its texts, in bytes. */
  private static final int BARE = 480;

  /** What a text that may be absent retains beside its characters. */
  private static final int TEXT = 40;

  /** A token that was not seen before. */
  public AccessToken(
      String value,
      @Nullable String scope,
      @Nullable String userId,
      @Nullable String userEmail,
      TokenId id,
      Lifespan life,
      Provenance provenance) {
    this(value, scope, userId, userEmail, id, life, life.length(), provenance, false);
  }

  public Duration lifetime() {
    return life.length();
  }

  /** Returns what is left of its life; negative after its end. */
  public Duration remaining(Now now) {
    return life.remaining(now);
  }

  boolean wasRequestedAfter(AccessToken other) {
    return other.life.requested().isBefore(life.requested());
  }

  AccessToken markedShortOfMinTtl() {
    return new AccessToken(value, scope, userId, userEmail, id, life, fullLength, provenance, true);
  }

  /** Returns this token, whose value the upstream has given before with another life. */
  AccessToken knownAs(AccessToken before) {
    var longest = before.fullLength.compareTo(fullLength) > 0 ? before.fullLength : fullLength;
    return new AccessToken(
        value, scope, userId, userEmail, id, life, longest, provenance, shortOfMinTtl);
  }

  /**
   * Returns this token with the life of the other, which has the same value, if that ends first.
   */
  AccessToken endingNoLaterThan(AccessToken same, Now now) {
    return same.remaining(now).compareTo(remaining(now)) < 0
        ? new AccessToken(
            value, scope, userId, userEmail, id, same.life, fullLength, provenance, shortOfMinTtl)
        : this;
  }

  /** Returns how much memory the token retains, in bytes: about so much, and not more. */
  public int bytes() {
    // The upstream's own words may have letters of two bytes. All other texts are ASCII.
    return BARE
        + value.length()
        + length(scope)
        + 2 * (length(userId) + length(userEmail))
        + provenance.server().length()
        + provenance.clientId().length()
        + length(provenance.scope());
  }

  private static int length(@Nullable String text) {
    return text == null ? 0 : TEXT + text.length();
  }

  @Override
  public String toString() {
    return "AccessToken[id=" + id + ", requestedAt=" + life.requestedAt() + "]";
  }
}
