package tokenbroker.sandbox;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import tokenbroker.sandbox.TokenAnswer.Granted;
import tokenbroker.sandbox.TokenAnswer.Refused;
import tokenbroker.sandbox.UserTokens.Verdict;

/**
 * TrackMage as its clients see it. Every client id is known, with the secret {@link #secretOf} and
 * an account of its own.
 */
final class SandboxTrackMage {

  private static final String SCOPE = "user";

  private final UserTokens tokens;
  private final Duration lifetime;

  SandboxTrackMage(UserTokens tokens, Duration lifetime) {
    this.tokens = tokens;
    this.lifetime = lifetime;
  }

  static String secretOf(String clientId) {
    return clientId + "-secret";
  }

  TokenAnswer token(Map<String, String> parameters) {
    return token(parameters, lifetime);
  }

  /** Checks in TrackMage's order: the grant type comes before the client. */
  TokenAnswer token(Map<String, String> parameters, Duration lifetime) {
    return switch (parameters.getOrDefault("grant_type", "")) {
      case "client_credentials" -> clientCredentials(parameters, lifetime);
      default ->
          new Refused("invalid_request", "Invalid grant_type parameter or parameter missing");
    };
  }

  Verdict judge(String token) {
    return tokens.judge(token);
  }

  void revokeTokensOf(String clientId) {
    tokens.revoke(emailOf(clientId));
  }

  void revokeAllTokens() {
    tokens.revokeAll();
  }

  private TokenAnswer clientCredentials(Map<String, String> parameters, Duration lifetime) {
    var clientId = parameters.get("client_id");
    if (clientId == null) {
      return new Refused("invalid_client", "Client id was not found in the headers or body");
    }
    if (!secretOf(clientId).equals(parameters.get("client_secret"))) {
      return new Refused("invalid_client", "The client credentials are invalid");
    }
    if (!SCOPE.equals(parameters.getOrDefault("scope", SCOPE))) {
      return new Refused("invalid_scope", "An unsupported scope was requested.");
    }
    var email = emailOf(clientId);
    return new Granted(
        tokens.issue(email, lifetime),
        lifetime.toSeconds(),
        "bearer",
        SCOPE,
        UUID.nameUUIDFromBytes(email.getBytes(StandardCharsets.UTF_8)).toString(),
        email);
  }

  private static String emailOf(String clientId) {
    return clientId + "@sandbox.invalid";
  }
}
