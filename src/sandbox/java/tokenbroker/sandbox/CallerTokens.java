package tokenbroker.sandbox;

import io.smallrye.jwt.build.Jwt;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;

/** An issuer of caller tokens that gives them to anyone. */
final class CallerTokens {

  static final String ISSUER = "https://sandbox.invalid/callers";
  static final String AUDIENCE = "token-broker";

  private final SigningKey key;
  private final Clock clock;

  CallerTokens(SigningKey key, Clock clock) {
    this.key = key;
    this.clock = clock;
  }

  /**
   * Signs a caller token.
   *
   * @param lifetime negative for a token that has already expired
   */
  String issue(String subject, Set<String> groups, Duration lifetime) {
    var now = clock.instant();
    var claims =
        Jwt.issuer(ISSUER)
            .audience(AUDIENCE)
            .subject(subject)
            .issuedAt(now)
            .expiresAt(now.plus(lifetime));
    if (!groups.isEmpty()) {
      claims.groups(groups);
    }
    return claims.jws().keyId(key.id()).sign(key.privateKey());
  }

  String jwks() {
    return key.jwks();
  }
}
