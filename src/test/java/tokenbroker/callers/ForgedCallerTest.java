package tokenbroker.callers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tokenbroker.callers.Verification.Refused;
import tokenbroker.callers.Verification.Verified;
import tokenbroker.testing.TestConfig;
import tokenbroker.time.Ticker;

/** What a forger may try, and what a good caller may send. */
class ForgedCallerTest {

  private static final String ISSUER = "https://issuer.test";
  private static final KeyPair RSA = rsa();
  private static final KeyPair OTHER_RSA = rsa();
  private static final KeyPair EC = ec();

  @TempDir static Path directory;

  private static VerifiedCallers callers;

  @BeforeAll
  static void start() throws Exception {
    var keys = new ArrayList<PublicJsonWebKey>();
    keys.add(named(new RsaJsonWebKey((RSAPublicKey) RSA.getPublic()), "rsa-1"));
    keys.add(named(new EllipticCurveJsonWebKey((ECPublicKey) EC.getPublic()), "ec-1"));
    var file = Files.writeString(directory.resolve("keys.jwks"), new JsonWebKeySet(keys).toJson());
    var config =
        TestConfig.with(
            Map.of(
                "broker.issuers.test.issuer", ISSUER, "broker.issuers.test.keys", file.toString()));
    var metrics = new CallerMetrics(new SimpleMeterRegistry());
    var issuers = new Issuers(config, metrics, Ticker.system());
    issuers.readKeysIfDue();
    assertThat(issuers.faults()).isEmpty();
    callers = new VerifiedCallers(issuers, metrics, Clock.systemUTC(), Ticker.system(), 100);
  }

  static Stream<Arguments> good() {
    return Stream.of(
        Arguments.of("RS256", signed(claims(), "RS256", "rsa-1", RSA.getPrivate())),
        Arguments.of("ES256", signed(claims(), "ES256", "ec-1", EC.getPrivate())),
        Arguments.of("aud a list with us", rs256(with("aud", List.of("other", "token-broker")))),
        Arguments.of("no iat", rs256(without("iat"))),
        Arguments.of("expired within the skew", rs256(expired(20))),
        Arguments.of("nbf within the skew", rs256(with("nbf", now() + 20))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("good")
  void goodCallersAreVerified(String what, String jwt) {
    assertThat(callers.verify(jwt))
        .isEqualTo(new Verified(new Caller("test", "system:serviceaccount:shop:orders", Set.of())));
  }

  @Test
  void groupsAreAListOrOneString() {
    assertThat(callers.verify(rs256(with("groups", List.of("a", "b")))))
        .isEqualTo(
            new Verified(
                new Caller("test", "system:serviceaccount:shop:orders", Set.of("a", "b"))));
    assertThat(callers.verify(rs256(with("groups", "logistics"))))
        .isEqualTo(
            new Verified(
                new Caller("test", "system:serviceaccount:shop:orders", Set.of("logistics"))));
  }

  static Stream<Arguments> forged() {
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
        Arguments.of("alg none", unsigned("none") + ".x", Refusal.ALGORITHM),
        Arguments.of("alg None", unsigned("None") + ".x", Refusal.ALGORITHM),
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
        Arguments.of("an unknown crit", critical(), Refusal.CLAIMS),
        Arguments.of(
            "a changed payload",
            parts[0] + "." + base64(json(with("sub", "admin"))) + "." + parts[2],
            Refusal.SIGNATURE),
        Arguments.of(
            "a signature cut short", good.substring(0, good.length() - 8), Refusal.SIGNATURE),
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

  @ParameterizedTest(name = "{0}")
  @MethodSource("forged")
  void forgedAndInvalidCallersAreRefused(String what, String jwt, Refusal reason) {
    assertThat(callers.verify(jwt))
        .isInstanceOfSatisfying(
            Refused.class, refused -> assertThat(refused.reason()).isEqualTo(reason));
    assertThat(callers.remembered(jwt)).isNull();
  }

  @Test
  void aVerifiedCallerIsRememberedAndNoOtherSpellingOfItsTokenIs() {
    var jwt = rs256(claims());
    assertThat(callers.remembered(jwt)).isNull();
    callers.verify(jwt);

    assertThat(callers.remembered(jwt)).isNotNull();
    assertThat(callers.remembered(jwt + "=")).isNull();
  }

  @Test
  void noChangedByteOfAGoodTokenIsVerified() {
    var jwt = rs256(claims());
    for (var at = 0; at < jwt.length() - 1; at++) {
      var changed =
          jwt.substring(0, at) + (jwt.charAt(at) == 'A' ? 'B' : 'A') + jwt.substring(at + 1);
      assertThat(callers.verify(changed)).as("byte %d", at).isInstanceOf(Refused.class);
    }
  }

  private static Map<String, Object> claims() {
    var claims = new LinkedHashMap<String, Object>();
    claims.put("iss", ISSUER);
    claims.put("aud", "token-broker");
    claims.put("sub", "system:serviceaccount:shop:orders");
    claims.put("iat", now());
    claims.put("exp", now() + 600);
    claims.put("jti", UUID.randomUUID().toString());
    return claims;
  }

  private static Map<String, Object> expired(long secondsAgo) {
    var claims = with("exp", now() - secondsAgo);
    claims.put("iat", now() - 600);
    return claims;
  }

  private static Map<String, Object> with(String name, Object value) {
    var claims = claims();
    claims.put(name, value);
    return claims;
  }

  private static Map<String, Object> without(String name) {
    var claims = claims();
    claims.remove(name);
    return claims;
  }

  private static String rs256(Map<String, Object> claims) {
    return signed(claims, "RS256", "rsa-1", RSA.getPrivate());
  }

  private static String signed(
      Map<String, Object> claims, String algorithm, @Nullable String kid, PrivateKey key) {
    return signed(json(claims), algorithm, kid, key, Map.of());
  }

  private static String signed(
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

  private static String withHeader(String name, Object value) {
    return signed(json(claims()), "RS256", "rsa-1", OTHER_RSA.getPrivate(), Map.of(name, value));
  }

  private static String critical() {
    return signed(
        json(claims()),
        "RS256",
        "rsa-1",
        RSA.getPrivate(),
        Map.of("crit", List.of("exotic"), "exotic", true));
  }

  private static String duplicated() {
    var payload = json(claims()).replaceFirst("\\{", "{\"sub\":\"admin\",");
    return signed(payload, "RS256", "rsa-1", RSA.getPrivate(), Map.of());
  }

  private static String unsigned(String algorithm) {
    return base64("{\"alg\":\"" + algorithm + "\",\"kid\":\"rsa-1\"}")
        + "."
        + base64(json(claims()));
  }

  private static String hmac(byte[] secret) {
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

  private static byte[] pem(KeyPair pair) {
    var base64 =
        Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(pair.getPublic().getEncoded());
    return ("-----BEGIN PUBLIC KEY-----\n" + base64 + "\n-----END PUBLIC KEY-----\n")
        .getBytes(UTF_8);
  }

  private static Map<String, Object> jwk(KeyPair pair) {
    return new RsaJsonWebKey((RSAPublicKey) pair.getPublic())
        .toParams(JsonWebKey.OutputControlLevel.PUBLIC_ONLY);
  }

  private static PublicJsonWebKey named(PublicJsonWebKey key, String id) {
    key.setKeyId(id);
    return key;
  }

  private static String json(Map<String, Object> claims) {
    return JsonUtil.toJson(claims);
  }

  private static String base64(String text) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(UTF_8));
  }

  private static long now() {
    return Instant.now().getEpochSecond();
  }

  private static KeyPair rsa() {
    try {
      var generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static KeyPair ec() {
    try {
      var generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
