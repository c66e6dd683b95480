package tokenbroker.tokens;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A TrackMage access token: a value with an end.
 *
 * @param value the bearer token itself (RFC 6750): printable ASCII without spaces; never logged
 * @param scope as the upstream gave it; null where it gave none
 * @param userId TrackMage's id of the owner; null where it gave none
 * @param userEmail personal data; null where it gave none
 * @param requestedAt when the request for it was sent: its life counts from here
 * @param expiresAt the end of its life
 * @param credentialsVersion which credentials fetched it
 * @param forMinTtl fetched because a caller asked for more life than the token before it had
 */
public record AccessToken(
    String value,
    @Nullable String scope,
    @Nullable String userId,
    @Nullable String userEmail,
    TokenId id,
    Instant requestedAt,
    Instant expiresAt,
    String credentialsVersion,
    boolean forMinTtl) {

  public AccessToken {
    if (!requestedAt.isBefore(expiresAt)) {
      throw new IllegalArgumentException("a token ends after it was asked for");
    }
  }

  public Duration lifetime() {
    return Duration.between(requestedAt, expiresAt);
  }

  public Duration remaining(Instant now) {
    return Duration.between(now, expiresAt);
  }

  AccessToken markedForMinTtl() {
    return new AccessToken(
        value, scope, userId, userEmail, id, requestedAt, expiresAt, credentialsVersion, true);
  }

  @Override
  public String toString() {
    return "AccessToken[id=" + id + ", expiresAt=" + expiresAt + "]";
  }
}
