package tokenbroker.callers;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jose4j.json.JsonUtil;
import org.jose4j.jwk.EllipticCurveJsonWebKey;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jwk.RsaJsonWebKey;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.provider.Arguments;

/** Forged and invalid JWTs of an issuer, and the keys and claims that make a valid one. */
public final class ForgedJwts {

  public static final String ISSUER = "https://issuer.test";
  static final KeyPair RSA = rsa();
  static final KeyPair OTHER_RSA = rsa();
  static final KeyPair EC = ec();
  static final Refusal HEADER = Refusal.HEADER;
  static final Refusal BOUND = Refusal.SENDER_CONSTRAINED;

  private ForgedJwts() {}

  /** Returns the public keys of the issuer {@link #ISSUER} as a JWKS document. */
  public static String keys() {
    var keys = new ArrayList<PublicJsonWebKey>();
    keys.add(named(new RsaJsonWebKey((RSAPublicKey) RSA.getPublic()), "rsa-1"));
    keys.add(named(new EllipticCurveJsonWebKey((ECPublicKey) EC.getPublic()), "ec-1"));
    return new JsonWebKeySet(keys).toJson();
  }

  /** Returns what is wrong, the JWT, and the reason for which it is refused. */
  public static Stream<Arguments> forged() {
    var good = rs256(claims());
    var parts = good.split("\\.", -1);
    return Stream.of(
        Arguments.of("nothing", "", Refusal.MALFORMED),
        Arguments.of("not a JWT", "hello", Refusal.MALFORMED),
        Arguments.of("two parts", parts[0] + "." + parts[1], Refusal.MALFORMED),
        Arguments.of("no signature", parts[0] + "." + parts[1] + ".", Refusal.MALFORMED),
        Arguments.of("five parts, as a JWE has", good + ".a.b", Refusal.MALFORMED),
        Arguments.of(
            "a header that is no JSON", "e30x." + parts[1] + "." + parts[2], Refusal.MALFORMED),
        Arguments.of(
            "a payload that is a list",
            parts[0] + "." + base64("[]") + "." + parts[2],
            Refusal.MALFORMED),
        Arguments.of("20 KiB", rs256(with("filler", "x".repeat(20_000))), Refusal.TOO_LARGE),
        Arguments.of("alg none", unsigned("none") + ".eA", Refusal.ALGORITHM),
        Arguments.of("alg None", unsigned("None") + ".eA", Refusal.ALGORITHM),
        Arguments.of(
            "no alg",
            base64("{\"kid\":\"rsa-1\"}") + "." + parts[1] + "." + parts[2],
            Refusal.ALGORITHM),
        Arguments.of("HMAC with the public key as PEM", hmac(pem(RSA)), Refusal.ALGORITHM),
        Arguments.of(
            "HMAC with the public key as DER",
            hmac(RSA.getPublic().getEncoded()),
            Refusal.ALGORITHM),
        Arguments.of(
            "RS512, which is not allowed",
            signed(claims(), "RS512", "rsa-1", RSA.getPrivate()),
            Refusal.ALGORITHM),
        Arguments.of(
            "PS256, which is not allowed",
            signed(claims(), "PS256", "rsa-1", RSA.getPrivate()),
            Refusal.ALGORITHM),
        Arguments.of(
            "ES256 under the name of the RSA key",
            signed(claims(), "ES256", "rsa-1", EC.getPrivate()),
            Refusal.ALGORITHM),
        Arguments.of(
            "RS256 under the name of the EC key",
            signed(claims(), "RS256", "ec-1", RSA.getPrivate()),
            Refusal.ALGORITHM),
        Arguments.of(
            "another's key under a known name",
            signed(claims(), "RS256", "rsa-1", OTHER_RSA.getPrivate()),
            Refusal.SIGNATURE),
        Arguments.of(
            "a key that is not known",
            signed(claims(), "RS256", "rsa-9", OTHER_RSA.getPrivate()),
            Refusal.UNKNOWN_KEY),
        Arguments.of("an embedded jwk", withHeader("jwk", jwk(OTHER_RSA)), Refusal.SIGNATURE),
        Arguments.of(
            "an embedded jku", withHeader("jku", "https://evil.test/keys"), Refusal.SIGNATURE),
        Arguments.of(
            "an embedded x5u", withHeader("x5u", "https://evil.test/cert"), Refusal.SIGNATURE),
        Arguments.of("an embedded x5c", withHeader("x5c", List.of("MIIB")), Refusal.SIGNATURE),
        Arguments.of("junk after the signature", good + "!", Refusal.MALFORMED),
        Arguments.of("padding after the signature", good + "==", Refusal.MALFORMED),
        Arguments.of("a line break after the signature", good + "\n", Refusal.MALFORMED),
        Arguments.of("a blank in the signature", within(good, " "), Refusal.MALFORMED),
        Arguments.of("a line break in the signature", within(good, "\r\n"), Refusal.MALFORMED),
        Arguments.of("junk in the signature", within(good, "*"), Refusal.MALFORMED),
        Arguments.of("a letter that is not ASCII", within(good, "ä"), Refusal.MALFORMED),
        Arguments.of("base64 of the other alphabet", within(good, "+/"), Refusal.MALFORMED),
        Arguments.of("another last character of the same bytes", twin(good), Refusal.MALFORMED),
        Arguments.of("a signature of one character", partsOf(good, "A"), Refusal.MALFORMED),
        Arguments.of("a header with padding", rs256("{}", "=", ""), Refusal.MALFORMED),
        Arguments.of("a payload with padding", rs256("{}", "", "="), Refusal.MALFORMED),
        Arguments.of("a payload with a line break", rs256("{}", "", "\n"), Refusal.MALFORMED),
        Arguments.of("an unknown crit", rs256("{\"crit\":[\"exotic\"],\"exotic\":1}"), HEADER),
        Arguments.of("an empty crit", rs256("{\"crit\":[]}"), HEADER),
        Arguments.of("a crit that is null", rs256("{\"crit\":null}"), HEADER),
        Arguments.of("a crit that is no list", rs256("{\"crit\":\"exp\"}"), HEADER),
        Arguments.of("a crit of what is known", rs256("{\"crit\":[\"exp\"],\"exp\":1}"), HEADER),
        Arguments.of("b64 false", rs256("{\"b64\":false}"), HEADER),
        Arguments.of("a critical b64", rs256("{\"crit\":[\"b64\"],\"b64\":true}"), HEADER),
        Arguments.of("a critical b64 false", rs256("{\"crit\":[\"b64\"],\"b64\":false}"), HEADER),
        Arguments.of("b64 as text", rs256("{\"b64\":\"false\"}"), HEADER),
        Arguments.of("a payload that is not encoded (RFC 7797)", unencoded(), Refusal.MALFORMED),
        Arguments.of(
            "bound to a certificate", rs256(with("cnf", Map.of("x5t#S256", "bwcK"))), BOUND),
        Arguments.of("bound to a DPoP key", rs256(with("cnf", Map.of("jkt", "0ZcO"))), BOUND),
        Arguments.of("bound to an embedded key", rs256(with("cnf", Map.of("jwk", "x"))), BOUND),
        Arguments.of("bound to nothing", rs256(with("cnf", Map.of())), BOUND),
        Arguments.of("bound to a text", rs256(with("cnf", "x")), BOUND),
        Arguments.of(
            "a changed payload",
            parts[0] + "." + base64(json(with("sub", "admin"))) + "." + parts[2],
            Refusal.SIGNATURE),
        Arguments.of(
            "a signature cut short", good.substring(0, good.length() - 6), Refusal.SIGNATURE),
        Arguments.of("no exp", rs256(without("exp")), Refusal.CLAIMS),
        Arguments.of("exp as text", rs256(with("exp", "tomorrow")), Refusal.CLAIMS),
        Arguments.of("expired", rs256(expired(60)), Refusal.EXPIRED),
        Arguments.of("not yet valid", rs256(with("nbf", now() + 300)), Refusal.NOT_YET_VALID),
        Arguments.of(
            "another issuer", rs256(with("iss", "https://other.test")), Refusal.UNKNOWN_ISSUER),
        Arguments.of(
            "our issuer with a slash more",
            rs256(with("iss", ISSUER + "/")),
            Refusal.UNKNOWN_ISSUER),
        Arguments.of("no issuer", rs256(without("iss")), Refusal.UNKNOWN_ISSUER),
        Arguments.of(
            "a list of issuers", rs256(with("iss", List.of(ISSUER))), Refusal.UNKNOWN_ISSUER),
        Arguments.of("another audience", rs256(with("aud", "other")), Refusal.AUDIENCE),
        Arguments.of(
            "a list of audiences without us",
            rs256(with("aud", List.of("a", "b"))),
            Refusal.AUDIENCE),
        Arguments.of("no audience", rs256(without("aud")), Refusal.AUDIENCE),
        Arguments.of("no subject", rs256(without("sub")), Refusal.CLAIMS),
        Arguments.of("an empty subject", rs256(with("sub", "")), Refusal.CLAIMS),
        Arguments.of("a blank subject", rs256(with("sub", "  ")), Refusal.CLAIMS),
        Arguments.of("a subject that is a number", rs256(with("sub", 7)), Refusal.CLAIMS),
        Arguments.of("claims named twice", duplicated(), Refusal.MALFORMED));
  }

  static String base64(byte[]... parts) {
    var all = new ByteArrayOutputStream();
    for (var part : parts) {
      all.writeBytes(part);
    }
    return Base64.getUrlEncoder().withoutPadding().encodeToString(all.toByteArray());
  }

  /** Returns the JWT with more text in the middle of its signature. */
  static String within(String jwt, String more) {
    var at = jwt.length() - 100;
    return jwt.substring(0, at) + more + jwt.substring(at);
  }

  /**
   * Returns the JWT with another last character that differs in its low bits only. Lenient decoders
   * ignore these bits.
   */
  static String twin(String jwt) {
    var alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    var last = alphabet.indexOf(jwt.charAt(jwt.length() - 1));
    return jwt.substring(0, jwt.length() - 1) + alphabet.charAt(last + 1);
  }

  static String partsOf(String jwt, String signature) {
    return jwt.substring(0, jwt.lastIndexOf('.') + 1) + signature;
  }

  /** Returns the claims of a caller whom the broker accepts. */
  public static Map<String, Object> claims() {
    var claims = new LinkedHashMap<String, Object>();
    claims.put("iss", ISSUER);
    claims.put("aud", "token-broker");
    claims.put("sub", "system:serviceaccount:shop:orders");
    claims.put("iat", now());
    claims.put("exp", now() + 600);
    claims.put("jti", UUID.randomUUID().toString());
    return claims;
  }

  static Map<String, Object> expired(long secondsAgo) {
    var claims = with("exp", now() - secondsAgo);
    claims.put("iat", now() - 600);
    return claims;
  }

  static Map<String, Object> with(String name, Object value) {
    var claims = claims();
    claims.put(name, value);
    return claims;
  }

  static Map<String, Object> without(String name) {
    var claims = claims();
    claims.remove(name);
    return claims;
  }

  /** Returns a JWT with these claims and a valid signature. */
  public static String rs256(Map<String, Object> claims) {
    return signed(claims, "RS256", "rsa-1", RSA.getPrivate());
  }

  static String signed(
      Map<String, Object> claims, String algorithm, @Nullable String kid, PrivateKey key) {
    return signed(json(claims), algorithm, kid, key, Map.of());
  }

  static String signed(
      String payload,
      String algorithm,
      @Nullable String kid,
      PrivateKey key,
      Map<String, Object> headers) {
    try {
      var jws = new JsonWebSignature();
      jws.setPayload(payload);
      jws.setAlgorithmHeaderValue(algorithm);
      if (kid != null) {
        jws.setKeyIdHeaderValue(kid);
      }
      headers.forEach(jws.getHeaders()::setObjectHeaderValue);
      jws.setKey(key);
      jws.setDoKeyValidation(false);
      return jws.getCompactSerialization();
    } catch (JoseException e) {
      throw new IllegalStateException(e);
    }
  }

  static String withHeader(String name, Object value) {
    return signed(json(claims()), "RS256", "rsa-1", OTHER_RSA.getPrivate(), Map.of(name, value));
  }

  /**
   * Returns a JWT that is valid except for its header. The header has these members in addition to
   * {@code alg} and {@code kid}.
   */
  static String rs256(String members) {
    return rs256(members, "", "");
  }

  /**
   * Returns a JWT with text appended to its header and its payload. The signature covers that text.
   */
  static String rs256(String members, String behindHeader, String behindPayload) {
    var header = "{\"alg\":\"RS256\",\"kid\":\"rsa-1\"," + members.substring(1);
    return rs256Of(
        base64(header.replace(",}", "}")) + behindHeader, base64(json(claims())) + behindPayload);
  }

  static String unencoded() {
    var header = "{\"alg\":\"RS256\",\"kid\":\"rsa-1\",\"b64\":false,\"crit\":[\"b64\"]}";
    return rs256Of(base64(header), json(claims()).replace(".", ""));
  }

  static String rs256Of(String header, String payload) {
    try {
      var signature = Signature.getInstance("SHA256withRSA");
      signature.initSign(RSA.getPrivate());
      signature.update((header + "." + payload).getBytes(UTF_8));
      return header + "." + payload + "." + base64(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static String duplicated() {
    var payload = json(claims()).replaceFirst("\\{", "{\"sub\":\"admin\",");
    return signed(payload, "RS256", "rsa-1", RSA.getPrivate(), Map.of());
  }

  static String unsigned(String algorithm) {
    return base64("{\"alg\":\"" + algorithm + "\",\"kid\":\"rsa-1\"}")
        + "."
        + base64(json(claims()));
  }

  static String hmac(byte[] secret) {
    try {
      var signed = base64("{\"alg\":\"HS256\",\"kid\":\"rsa-1\"}") + "." + base64(json(claims()));
      var mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret, "HmacSHA256"));
      return signed
          + "."
          + Base64.getUrlEncoder()
              .withoutPadding()
              .encodeToString(mac.doFinal(signed.getBytes(UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static byte[] pem(KeyPair pair) {
    var base64 =
        Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(pair.getPublic().getEncoded());
    return ("-----BEGIN PUBLIC KEY-----\n" + base64 + "\n-----END PUBLIC KEY-----\n")
        .getBytes(UTF_8);
  }

  static Map<String, Object> jwk(KeyPair pair) {
    return new RsaJsonWebKey((RSAPublicKey) pair.getPublic())
        .toParams(JsonWebKey.OutputControlLevel.PUBLIC_ONLY);
  }

  static PublicJsonWebKey named(PublicJsonWebKey key, String id) {
    key.setKeyId(id);
    return key;
  }

  static String json(Map<String, Object> claims) {
    return JsonUtil.toJson(claims);
  }

  static String base64(String text) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(UTF_8));
  }

  static long now() {
    return Instant.now().getEpochSecond();
  }

  static KeyPair rsa() {
    try {
      var generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static KeyPair ec() {
    try {
      var generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
