package tokenbroker.connections;

import java.time.Duration;
import java.time.Instant;
import tokenbroker.tokens.AccessToken;
import tokenbroker.tokens.RefreshToken;

/**
 * An account whose owner has granted access, until the service redeems the result. It is not a
 * connection yet, and nobody gets its tokens.
 *
 * @param state the service's own state, which it must present again
 * @param expiresAt when it expires, by the clock of the replica that stored it. It limits the
 *     lifetime that the store reports
 */
public record AuthorizedAccount(
    String state, AccessToken token, RefreshToken refreshToken, Instant expiresAt) {

  /** The time within which the service must redeem the result after the callback. */
  public static final Duration LIFE = Duration.ofMinutes(5);

  @Override
  public String toString() {
    return "AuthorizedAccount[token=" + token.id() + "]";
  }
}
