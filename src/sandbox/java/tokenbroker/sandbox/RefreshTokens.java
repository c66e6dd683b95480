package tokenbroker.sandbox;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** Refresh tokens, each valid for one use. Thread-safe. */
final class RefreshTokens {

  private final Clock clock;
  private final Map<String, Issued> tokens = new HashMap<>();

  private record Issued(Whose whose, String email, Instant end, State state) {}

  private enum State {
    CURRENT,
    IN_GRACE
  }

  RefreshTokens(Clock clock) {
    this.clock = clock;
  }

  synchronized String issue(String clientId, String email, Duration lifetime) {
    var token = RandomText.next();
    var end = clock.instant().plus(lifetime);
    tokens.put(token, new Issued(new Whose(clientId, email), email, end, State.CURRENT));
    return token;
  }

  /**
   * Redeems a token and consumes it.
   *
   * @param grace how long after its first use the token may be used once more; 0 to forbid that
   */
  synchronized Grant redeem(String clientId, Map<String, String> parameters, Duration grace) {
    var token = parameters.getOrDefault("refresh_token", "");
    if (token.isEmpty()) {
      return Grant.none("invalid_request", "No \"refresh_token\" parameter found");
    }
    var issued = tokens.get(token);
    if (issued == null || !new Whose(clientId, null).includes(issued.whose())) {
      return Grant.none("invalid_grant", "Invalid refresh token");
    }
    var now = clock.instant();
    if (!now.isBefore(issued.end())) {
      return issued.state() == State.CURRENT
          ? Grant.none("invalid_grant", "Refresh token has expired")
          : Grant.none("invalid_grant", "Invalid refresh token");
    }
    tokens.remove(token);
    if (issued.state() == State.CURRENT && grace.isPositive()) {
      var end = now.plus(grace);
      tokens.put(token, new Issued(issued.whose(), issued.email(), end, State.IN_GRACE));
    }
    return new Grant.Of(issued.email());
  }

  synchronized void revoke(Whose whose) {
    tokens.values().removeIf(issued -> whose.includes(issued.whose()));
  }
}
