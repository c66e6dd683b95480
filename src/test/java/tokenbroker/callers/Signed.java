package tokenbroker.callers;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jose4j.json.JsonUtil;
import org.jose4j.jwk.EcJwkGenerator;
import org.jose4j.jwk.EllipticCurveJsonWebKey;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jwk.RsaJsonWebKey;
import org.jose4j.jwk.RsaJwkGenerator;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.keys.EllipticCurves;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;
import tokenbroker.testing.CallerTokens;

/** The keys of issuers, and valid and invalid JWTs for the broker signed with them. */
final class Signed {

  private Signed() {}

  static RsaJsonWebKey rsa(@Nullable String id) {
    try {
      return named(RsaJwkGenerator.generateJwk(2048), id);
    } catch (JoseException e) {
      throw new IllegalStateException(e);
    }
  }

  static EllipticCurveJsonWebKey ec(@Nullable String id) {
    try {
      return named(EcJwkGenerator.generateJwk(EllipticCurves.P256), id);
    } catch (JoseException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns the claims of a JWT that the broker accepts for ten minutes. */
  static Map<String, Object> claims() {
    var claims = new LinkedHashMap<String, Object>();
    claims.put("iss", CallerTokens.ISSUER);
    claims.put("aud", "token-broker");
    claims.put("sub", "orders");
    claims.put("exp", Instant.now().getEpochSecond() + 600);
    return claims;
  }

  /** Returns a valid JWT signed with this RSA or EC key. Its {@code kid} is the key's own id. */
  static String by(PublicJsonWebKey key) {
    return by(key, key.getKeyId());
  }

  static String by(PublicJsonWebKey key, @Nullable String keyId) {
    return by(key, keyId, JsonUtil.toJson(claims()));
  }

  static String by(PublicJsonWebKey key, @Nullable String keyId, String payload) {
    var jws = new JsonWebSignature();
    jws.setPayload(payload);
    jws.setAlgorithmHeaderValue(algorithm(key));
    if (keyId != null) {
      jws.setKeyIdHeaderValue(keyId);
    }
    jws.setKey(key.getPrivateKey());
    try {
      return jws.getCompactSerialization();
    } catch (JoseException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String algorithm(PublicJsonWebKey key) {
    if (key instanceof EllipticCurveJsonWebKey ec) {
      return ec.getCurveName().equals("P-384") ? "ES384" : "ES256";
    }
    return "RS256";
  }

  private static <K extends PublicJsonWebKey> K named(K key, @Nullable String id) {
    if (id != null) {
      key.setKeyId(id);
    }
    return key;
  }
}
