package tokenbroker.sandbox.issuer;

import io.smallrye.jwt.build.Jwt;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import tokenbroker.sandbox.crypto.SigningKey;

/** An issuer that signs a caller token for any subject. */
public final class CallerTokenIssuer {

  public static final String ISSUER = "https://sandbox.invalid/callers";
  static final String AUDIENCE = "token-broker";

  private final SigningKey key;
  private final Clock clock;

  public CallerTokenIssuer(SigningKey key, Clock clock) {
    this.key = key;
    this.clock = clock;
  }

  /**
   * Signs a caller token.
   *
   * @param groups the {@code groups} claim; empty to omit it
   * @param lifetime negative for a token that has already expired
   */
  public String issue(String subject, Set<String> groups, Duration lifetime) {
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

  /** Returns the JWKS that verifies the caller tokens. */
  String jwks() {
    return key.jwks();
  }
}
