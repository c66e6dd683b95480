package tokenbroker.callers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
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

/** Proves that forged and altered JWTs are rejected, and that every valid form is accepted. */
class ForgedCallerTest {

  private static final String ISSUER = "https://issuer.test";
  private static final KeyPair RSA = rsa();
  private static final KeyPair OTHER_RSA = rsa();
  private static final KeyPair EC = ec();
  private static final Refusal HEADER = Refusal.HEADER;
  private static final Refusal BOUND = Refusal.SENDER_CONSTRAINED;

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
    var groups =
        Stream.of("a", "b", "logistics")
            .map(group -> new CallerRule.Group("test", group))
            .collect(Collectors.toUnmodifiableSet());
    callers =
        new VerifiedCallers(
            issuers, () -> groups, metrics, Clock.systemUTC(), Ticker.system(), 100);
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
    assertThat(verified(jwt))
        .isEqualTo(new Caller("test", "system:serviceaccount:shop:orders", Set.of()));
  }

  @Test
  void groupsAreAListOrOneString() {
    assertThat(verified(rs256(with("groups", List.of("a", "b")))).groups())
        .containsExactlyInAnyOrder("a", "b");
    assertThat(verified(rs256(with("groups", "logistics"))).groups()).containsExactly("logistics");
  }

  /**
   * Returns the verified caller without the JWT's id, so that callers with different JWTs can be
   * compared.
   */
  private Caller verified(String jwt) {
    var verification = callers.verify(jwt);
    assertThat(verification).isInstanceOf(Verified.class);
    return ((Verified) verification).caller().withoutJwtId();
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
    for (var at = 0; at < jwt.length(); at++) {
      var changed =
          jwt.substring(0, at) + (jwt.charAt(at) == 'A' ? 'B' : 'A') + jwt.substring(at + 1);
      assertThat(callers.verify(changed)).as("byte %d", at).isInstanceOf(Refused.class);
    }
  }

  /** Inserts one more character at each position of the JWT. */
  @Test
  void noTokenWithACharacterMoreIsVerified() {
    var jwt = rs256(claims());
    for (var more : List.of("!", "=", " ", "\n", "A", ".", "\0", "\u0100", "%")) {
      for (var at = 0; at <= jwt.length(); at++) {
        var changed = jwt.substring(0, at) + more + jwt.substring(at);
        assertThat(callers.verify(changed)).as("%s at %d", more, at).isInstanceOf(Refused.class);
      }
    }
  }

  /**
   * From an ECDSA signature (r, s), anybody can compute (r, n - s). It is equally valid, and
   * signers produce it equally often. Therefore such a JWT has exactly two valid spellings.
   */
  @Test
  void anEcdsaSignatureHasOneTwinAndNoOtherSpelling() {
    var jwt = signed(claims(), "ES256", "ec-1", EC.getPrivate());
    var signed = jwt.substring(0, jwt.lastIndexOf('.') + 1);
    var signature = Base64.getUrlDecoder().decode(jwt.substring(signed.length()));
    var r = new BigInteger(1, Arrays.copyOf(signature, 32));
    var s = new BigInteger(1, Arrays.copyOfRange(signature, 32, 64));
    var n = ((ECPublicKey) EC.getPublic()).getParams().getOrder();

    assertThat(callers.verify(signed + ecdsa(32, r, n.subtract(s)))).isInstanceOf(Verified.class);
    for (var width : List.of(31, 33, 34, 64)) {
      assertThat(callers.verify(signed + ecdsa(width, r, s))).isInstanceOf(Refused.class);
    }
    for (var other : List.of(r.add(n), r.negate(), r.subtract(n), BigInteger.ZERO, n)) {
      assertThat(callers.verify(signed + ecdsa(32, other, s))).isInstanceOf(Refused.class);
      assertThat(callers.verify(signed + ecdsa(33, other, s))).isInstanceOf(Refused.class);
    }
    assertThat(callers.verify(signed + ecdsa(33, r, s.add(n)))).isInstanceOf(Refused.class);
    assertThat(callers.verify(signed + der(r, s))).isInstanceOf(Refused.class);
  }

  @Test
  void anRsaSignatureHasOneSpelling() {
    var jwt = rs256(claims());
    var signed = jwt.substring(0, jwt.lastIndexOf('.') + 1);
    var signature =
        new BigInteger(1, Base64.getUrlDecoder().decode(jwt.substring(signed.length())));
    var n = ((RSAPublicKey) RSA.getPublic()).getModulus();

    for (var width : List.of(257, 258, 512)) {
      assertThat(callers.verify(signed + number(width, signature))).isInstanceOf(Refused.class);
      assertThat(callers.verify(signed + number(width, signature.add(n))))
          .isInstanceOf(Refused.class);
    }
    if (signature.add(n).bitLength() <= 2048) {
      assertThat(callers.verify(signed + number(256, signature.add(n))))
          .isInstanceOf(Refused.class);
    }
    assertThat(callers.verify(signed + number(256, n.subtract(signature))))
        .isInstanceOf(Refused.class);
  }

  private static String ecdsa(int width, BigInteger r, BigInteger s) {
    return base64(bytes(width, r), bytes(width, s));
  }

  private static String number(int width, BigInteger number) {
    return base64(bytes(width, number));
  }

  private static String der(BigInteger r, BigInteger s) {
    var first = r.toByteArray();
    var second = s.toByteArray();
    var length = first.length + second.length + 4;
    return base64(
        new byte[] {0x30, (byte) length, 2, (byte) first.length},
        first,
        new byte[] {2, (byte) second.length},
        second);
  }

  /** Returns the number as big-endian bytes of this width. */
  private static byte[] bytes(int width, BigInteger number) {
    var all = number.toByteArray();
    var bytes = new byte[width];
    var copied = Math.min(width, all.length);
    System.arraycopy(all, all.length - copied, bytes, width - copied, copied);
    return bytes;
  }

  private static String base64(byte[]... parts) {
    var all = new ByteArrayOutputStream();
    for (var part : parts) {
      all.writeBytes(part);
    }
    return Base64.getUrlEncoder().withoutPadding().encodeToString(all.toByteArray());
  }

  /** Returns the JWT with more text in the middle of its signature. */
  private static String within(String jwt, String more) {
    var at = jwt.length() - 100;
    return jwt.substring(0, at) + more + jwt.substring(at);
  }

  /**
   * Returns the JWT with another last character that differs in its low bits only. Lenient decoders
   * ignore these bits.
   */
  private static String twin(String jwt) {
    var alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    var last = alphabet.indexOf(jwt.charAt(jwt.length() - 1));
    return jwt.substring(0, jwt.length() - 1) + alphabet.charAt(last + 1);
  }

  private static String partsOf(String jwt, String signature) {
    return jwt.substring(0, jwt.lastIndexOf('.') + 1) + signature;
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

  /**
   * Returns a JWT that is valid except for its header. The header has these members in addition to
   * {@code alg} and {@code kid}.
   */
  private static String rs256(String members) {
    return rs256(members, "", "");
  }

  /**
   * Returns a JWT with text appended to its header and its payload. The signature covers that text.
   */
  private static String rs256(String members, String behindHeader, String behindPayload) {
    var header = "{\"alg\":\"RS256\",\"kid\":\"rsa-1\"," + members.substring(1);
    return rs256Of(
        base64(header.replace(",}", "}")) + behindHeader, base64(json(claims())) + behindPayload);
  }

  private static String unencoded() {
    var header = "{\"alg\":\"RS256\",\"kid\":\"rsa-1\",\"b64\":false,\"crit\":[\"b64\"]}";
    return rs256Of(base64(header), json(claims()).replace(".", ""));
  }

  private static String rs256Of(String header, String payload) {
    try {
      var signature = Signature.getInstance("SHA256withRSA");
      signature.initSign(RSA.getPrivate());
      signature.update((header + "." + payload).getBytes(UTF_8));
      return header + "." + payload + "." + base64(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
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
