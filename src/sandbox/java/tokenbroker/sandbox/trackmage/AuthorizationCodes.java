package tokenbroker.sandbox.trackmage;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tokenbroker.sandbox.crypto.RandomString;
import tokenbroker.seal.Sha256;

/** The authorization codes that users have granted, each valid for one exchange. Thread-safe. */
final class AuthorizationCodes {

  private static final Duration LIFETIME = Duration.ofSeconds(30);

  /** How long an expired code is reported as expired. After that it is unknown. */
  private static final Duration RETENTION = Duration.ofMinutes(10);

  private final Clock clock;
  private final Map<String, IssuedCode> codes = new HashMap<>();

  private record IssuedCode(AuthorizationRequest request, String email, Instant expiry) {}

  AuthorizationCodes(Clock clock) {
    this.clock = clock;
  }

  /** Issues a code for the request that this user allowed. */
  synchronized String issue(AuthorizationRequest request, String email) {
    var now = clock.instant();
    codes.values().removeIf(issued -> issued.expiry().plus(RETENTION).isBefore(now));
    var code = RandomString.next();
    codes.put(code, new IssuedCode(request, email, now.plus(LIFETIME)));
    return code;
  }

  /**
   * Redeems a code and consumes it. The checks are in the order of TrackMage's library. An attempt
   * that is refused does not consume the code.
   */
  synchronized Redemption redeem(String clientId, Map<String, String> parameters) {
    var code = parameters.getOrDefault("code", "");
    if (code.isEmpty()) {
      return Redemption.refused("invalid_request", "Missing parameter. \"code\" is required");
    }
    var redirectUri = parameters.getOrDefault("redirect_uri", "");
    if (redirectUri.isEmpty()) {
      return Redemption.refused("invalid_request", "The redirect URI parameter is required.");
    }
    var issued = codes.get(code);
    if (issued == null || !issued.request().clientId().equals(clientId)) {
      return Redemption.refused("invalid_grant", "Code doesn't exist or is invalid for the client");
    }
    if (!issued.request().redirectUri().equals(redirectUri)) {
      return Redemption.refused(
          "redirect_uri_mismatch", "The redirect URI is missing or do not match");
    }
    if (!clock.instant().isBefore(issued.expiry())) {
      return Redemption.refused("invalid_grant", "The authorization code has expired");
    }
    if (!isProven(parameters.get("code_verifier"), issued.request().codeChallenge())) {
      return Redemption.refused(
          "invalid_grant", "The code verifier does not match the code challenge");
    }
    codes.remove(code);
    return new Redemption.Accepted(issued.email());
  }

  synchronized void forgetAll() {
    codes.clear();
  }

  /**
   * Returns whether the verifier matches the challenge (RFC 7636 §4.6). A verifier without a
   * challenge does not match (RFC 9700 §4.8.2).
   */
  private static boolean isProven(@Nullable String verifier, @Nullable String challenge) {
    if (verifier == null || challenge == null) {
      return verifier == null && challenge == null;
    }
    return challenge.equals(s256(verifier));
  }

  private static String s256(String verifier) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(Sha256.of(verifier));
  }
}
