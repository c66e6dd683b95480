package tokenbroker.connections;

import java.time.Duration;
import java.time.Instant;
import tokenbroker.tokens.AccessToken;
import tokenbroker.tokens.RefreshToken;

/**
 * An account whose owner has said yes, while the service has not redeemed the result. It is no
 * connection yet, and nobody gets its tokens.
 *
 * @param state the service's own, which it must give again
 * @param expiresAt its end by the clock of the replica that kept it; bounds what the store says
 */
public record AuthorizedAccount(
    String state, AccessToken token, RefreshToken refreshToken, Instant expiresAt) {

  /** The time from the callback until the service must have redeemed the result. */
  public static final Duration LIFE = Duration.ofMinutes(5);

  @Override
  public String toString() {
    return "AuthorizedAccount[token=" + token.id() + "]";
  }
}
