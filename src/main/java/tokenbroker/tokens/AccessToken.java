package tokenbroker.tokens;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tokenbroker.clients.Client;
import tokenbroker.time.Now;

/**
 * A TrackMage access token and what the broker knows about it.
 *
 * @param value the bearer token (RFC 6750): printable ASCII without spaces; never logged
 * @param scope the scope as the upstream returned it; null if it returned none
 * @param userId TrackMage's id of the token's owner; null if the upstream returned none
 * @param userEmail the owner's email address, which is personal data; null if the upstream returned
 *     none
 * @param life the lifetime, which starts when the token was requested
 * @param fullLength the longest lifetime that the upstream ever returned for this value. It exceeds
 *     that of {@code life} if the upstream returned the same token again with its remaining
 *     lifetime
 * @param provenance the server, client and credentials that the token came from
 * @param shortOfMinTtl whether the token was fetched for a caller's minimum lifetime and still
 *     falls short of it
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

  /** The heap that a token retains in addition to the characters of its texts, in bytes. */
  private static final int BARE = 400;

  /** The heap that an optional text retains in addition to its characters, in bytes. */
  private static final int TEXT = 40;

  public AccessToken {
    if (fullLength.equals(life.length())) {
      fullLength = life.length(); // One object less for each of many tokens.
    }
  }

  /** Creates a token that was not seen before. */
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

  /** Returns the remaining lifetime, which is negative after the token has expired. */
  public Duration remaining(Now now) {
    return life.remaining(now);
  }

  boolean wasRequestedAfter(AccessToken other) {
    return other.life.requested().isBefore(life.requested());
  }

  AccessToken markedShortOfMinTtl() {
    return new AccessToken(value, scope, userId, userEmail, id, life, fullLength, provenance, true);
  }

  /**
   * Returns this token with the longer of both full lengths. {@code before} is the same value, seen
   * earlier with another lifetime.
   */
  AccessToken knownAs(AccessToken before) {
    var longest = before.fullLength.compareTo(fullLength) > 0 ? before.fullLength : fullLength;
    return new AccessToken(
        value, scope, userId, userEmail, id, life, longest, provenance, shortOfMinTtl);
  }

  /**
   * Returns this token, with the life of {@code same} if that expires first. Both have the same
   * value.
   */
  AccessToken endingNoLaterThan(AccessToken same, Now now) {
    return same.remaining(now).compareTo(remaining(now)) < 0
        ? new AccessToken(
            value, scope, userId, userEmail, id, same.life, fullLength, provenance, shortOfMinTtl)
        : this;
  }

  /** Returns this token with {@link Provenance#withTextsOf}. */
  AccessToken withTextsOf(Client client, TokenOwner owner) {
    return new AccessToken(
        value,
        scope,
        userId,
        userEmail,
        id,
        life,
        fullLength,
        provenance.withTextsOf(client, owner),
        shortOfMinTtl);
  }

  /** Returns an upper estimate of the heap that the token retains, in bytes. */
  public int bytes() {
    // The upstream chooses the user's id and email, which may need two bytes a character. All other
    // texts are ASCII.
    return BARE
        + value.length()
        + length(scope, 1)
        + length(userId, 2)
        + length(userEmail, 2)
        + provenance.server().length()
        + provenance.clientId().length()
        + length(provenance.scope(), 1);
  }

  private static int length(@Nullable String text, int bytesOfCharacter) {
    return text == null ? 0 : TEXT + bytesOfCharacter * text.length();
  }

  @Override
  public String toString() {
    return "AccessToken[id=" + id + ", requestedAt=" + life.requestedAt() + "]";
  }
}
