package tokenbroker.callers;

import io.smallrye.jwt.algorithm.SignatureAlgorithm;
import io.smallrye.jwt.util.KeyUtils;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.List;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.lang.JoseException;

/** Reads public keys as issuers publish them: a JWKS (RFC 7517), or PEM. */
final class KeyTexts {

  private KeyTexts() {}

  /**
   * All signing keys in the text that the issuer's algorithms can use. Shared secrets are passed
   * over.
   *
   * @throws IOException where the text holds no such key
   */
  static List<IssuerKey> read(String text, IssuerSettings issuer) throws IOException {
    var keys = text.stripLeading().startsWith("{") ? jwks(text, issuer) : pem(text, issuer);
    if (keys.isEmpty()) {
      throw new IOException("no public key that fits the issuer's algorithms");
    }
    return keys;
  }

  private static List<IssuerKey> jwks(String text, IssuerSettings issuer) throws IOException {
    var keys = new ArrayList<IssuerKey>();
    try {
      for (var jwk : new JsonWebKeySet(text).getJsonWebKeys()) {
        if (jwk instanceof PublicJsonWebKey asymmetric && !"enc".equals(jwk.getUse())) {
          IssuerKey.of(jwk.getKeyId(), asymmetric.getPublicKey(), issuer).ifPresent(keys::add);
        }
      }
    } catch (JoseException e) {
      throw new IOException("not a JWKS", e);
    }
    return keys;
  }

  private static List<IssuerKey> pem(String text, IssuerSettings issuer) throws IOException {
    return IssuerKey.of(null, publicKey(text), issuer).map(List::of).orElse(List.of());
  }

  private static PublicKey publicKey(String text) throws IOException {
    try {
      if (text.contains("BEGIN CERTIFICATE")) {
        return KeyUtils.decodeCertificate(text);
      }
    } catch (GeneralSecurityException e) {
      throw new IOException("not a PEM certificate", e);
    }
    for (var algorithm : List.of(SignatureAlgorithm.RS256, SignatureAlgorithm.ES256)) {
      try {
        return KeyUtils.decodePublicKey(text, algorithm);
      } catch (GeneralSecurityException | IllegalArgumentException e) {
        // The next algorithm may fit.
      }
    }
    throw new IOException("not a PEM public key");
  }
}
