package tokenbroker.sandbox.trackmage;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import tokenbroker.sandbox.crypto.RandomString;

/** The refresh tokens of the look-alike, each valid for one use. Thread-safe. */
final class RefreshTokens {

  private final Clock clock;
  private final Map<String, IssuedToken> tokens = new HashMap<>();

  private record IssuedToken(String clientId, String email, Instant expiry, State state) {

    TokenSelector selector() {
      return new TokenSelector(clientId, email);
    }
  }

  private enum State {
    UNUSED,
    /** Used, but may be used once more within the grace period. */
    IN_GRACE
  }

  RefreshTokens(Clock clock) {
    this.clock = clock;
  }

  synchronized String issue(String clientId, String email, Duration lifetime) {
    var token = RandomString.next();
    var expiry = clock.instant().plus(lifetime);
    tokens.put(token, new IssuedToken(clientId, email, expiry, State.UNUSED));
    return token;
  }

  /**
   * Redeems a token and consumes it.
   *
   * @param grace how long after its first use the token may be used once more; 0 to forbid that
   */
  synchronized Redemption redeem(String clientId, Map<String, String> parameters, Duration grace) {
    var token = parameters.getOrDefault("refresh_token", "");
    if (token.isEmpty()) {
      return Redemption.refused("invalid_request", "No \"refresh_token\" parameter found");
    }
    var issued = tokens.get(token);
    if (issued == null || !issued.clientId().equals(clientId)) {
      return Redemption.refused("invalid_grant", "Invalid refresh token");
    }
    var now = clock.instant();
    if (!now.isBefore(issued.expiry())) {
      return issued.state() == State.UNUSED
          ? Redemption.refused("invalid_grant", "Refresh token has expired")
          : Redemption.refused("invalid_grant", "Invalid refresh token");
    }
    tokens.remove(token);
    if (issued.state() == State.UNUSED && grace.isPositive()) {
      var end = now.plus(grace);
      tokens.put(token, new IssuedToken(clientId, issued.email(), end, State.IN_GRACE));
    }
    return new Redemption.Accepted(issued.email());
  }

  synchronized void revoke(TokenSelector selector) {
    tokens.values().removeIf(issued -> selector.includes(issued.selector()));
  }
}
