package tokenbroker.testing;

import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.interfaces.RSAPublicKey;
import java.util.Base64;
import java.util.Map;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.RsaJsonWebKey;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jose4j.lang.JoseException;

/** An issuer of JWTs for callers, with one RSA key. */
public final class CallerTokens {

  public static final String ISSUER = "https://issuer.test";

  private final RsaJsonWebKey key;

  public CallerTokens(String keyId) {
    var pair = pair();
    key = new RsaJsonWebKey((RSAPublicKey) pair.getPublic());
    key.setPrivateKey(pair.getPrivate());
    key.setKeyId(keyId);
  }

  /** The public key as a JWKS document. */
  public String jwks() {
    return new JsonWebKeySet(key).toJson();
  }

  /** The public key and those of another JWKS document, as one document. */
  public String jwksWith(String others) {
    try {
      var all = new JsonWebKeySet(others);
      all.addJsonWebKey(key);
      return all.toJson();
    } catch (JoseException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The public key in PEM format. */
  public String pem() {
    var base64 =
        Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getKey().getEncoded());
    return "-----BEGIN PUBLIC KEY-----\n" + base64 + "\n-----END PUBLIC KEY-----\n";
  }

  /** Returns a new JWT for the broker, which expires after an hour. */
  public String token(String subject) {
    return token(subject, Map.of());
  }

  /** Returns a JWT with more claims, which may override the usual ones. */
  public String token(String subject, Map<String, Object> moreClaims) {
    var claims = new JwtClaims();
    claims.setIssuer(ISSUER);
    claims.setAudience("token-broker");
    claims.setSubject(subject);
    claims.setIssuedAtToNow();
    claims.setExpirationTime(NumericDate.fromSeconds(NumericDate.now().getValue() + 3600));
    claims.setGeneratedJwtId();
    moreClaims.forEach(claims::setClaim);
    return sign(claims);
  }

  private String sign(JwtClaims claims) {
    var jws = new JsonWebSignature();
    jws.setPayload(claims.toJson());
    jws.setKey(key.getPrivateKey());
    jws.setKeyIdHeaderValue(key.getKeyId());
    jws.setAlgorithmHeaderValue(AlgorithmIdentifiers.RSA_USING_SHA256);
    try {
      return jws.getCompactSerialization();
    } catch (JoseException e) {
      throw new IllegalStateException(e);
    }
  }

  private static KeyPair pair() {
    try {
      var generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      return generator.generateKeyPair();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
