package tokenbroker.sandbox;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tokenbroker.seal.Sha256;

/** The authorization codes that users have granted, each valid for one exchange. Thread-safe. */
final class AuthorizationCodes {

  static final Duration LIFE = Duration.ofSeconds(30);

  /** How long an old code is reported as expired; after that it is unknown. */
  private static final Duration REMEMBERED = Duration.ofMinutes(10);

  private final Clock clock;
  private final Map<String, Allowed> codes = new HashMap<>();

  private record Allowed(AuthorizationRequest request, String email, Instant end) {}

  AuthorizationCodes(Clock clock) {
    this.clock = clock;
  }

  synchronized String issue(AuthorizationRequest request, String email) {
    var now = clock.instant();
    codes.values().removeIf(allowed -> allowed.end().plus(REMEMBERED).isBefore(now));
    var code = RandomText.next();
    codes.put(code, new Allowed(request, email, now.plus(LIFE)));
    return code;
  }

  /**
   * Exchanges a code, with checks in the order of TrackMage's library. A rejected attempt does not
   * consume the code.
   */
  synchronized Grant redeem(String clientId, Map<String, String> parameters) {
    var code = parameters.getOrDefault("code", "");
    if (code.isEmpty()) {
      return Grant.none("invalid_request", "Missing parameter. \"code\" is required");
    }
    var redirectUri = parameters.getOrDefault("redirect_uri", "");
    if (redirectUri.isEmpty()) {
      return Grant.none("invalid_request", "The redirect URI parameter is required.");
    }
    var allowed = codes.get(code);
    if (allowed == null || !allowed.request().clientId().equals(clientId)) {
      return Grant.none("invalid_grant", "Code doesn't exist or is invalid for the client");
    }
    if (!allowed.request().redirectUri().equals(redirectUri)) {
      return Grant.none("redirect_uri_mismatch", "The redirect URI is missing or do not match");
    }
    if (!clock.instant().isBefore(allowed.end())) {
      return Grant.none("invalid_grant", "The authorization code has expired");
    }
    if (!proves(parameters.get("code_verifier"), allowed.request().codeChallenge())) {
      return Grant.none("invalid_grant", "The code verifier does not match the code challenge");
    }
    codes.remove(code);
    return new Grant.Of(allowed.email());
  }

  /**
   * Checks the code verifier (RFC 7636 §4.6). It also rejects a verifier without a challenge (RFC
   * 9700 §4.8.2).
   */
  private static boolean proves(@Nullable String verifier, @Nullable String challenge) {
    if (verifier == null || challenge == null) {
      return verifier == null && challenge == null;
    }
    return challenge.equals(s256(verifier));
  }

  private static String s256(String verifier) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(Sha256.of(verifier));
  }
}
