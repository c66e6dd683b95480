package tokenbroker.callers;

import static org.assertj.core.api.Assertions.assertThat;
import static tokenbroker.callers.ForgedJwts.EC;
import static tokenbroker.callers.ForgedJwts.ISSUER;
import static tokenbroker.callers.ForgedJwts.RSA;
import static tokenbroker.callers.ForgedJwts.base64;
import static tokenbroker.callers.ForgedJwts.claims;
import static tokenbroker.callers.ForgedJwts.expired;
import static tokenbroker.callers.ForgedJwts.now;
import static tokenbroker.callers.ForgedJwts.rs256;
import static tokenbroker.callers.ForgedJwts.signed;
import static tokenbroker.callers.ForgedJwts.with;
import static tokenbroker.callers.ForgedJwts.without;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Clock;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tokenbroker.callers.Verification.Refused;
import tokenbroker.callers.Verification.Verified;
import tokenbroker.outbound.Egress;
import tokenbroker.testing.TestConfig;
import tokenbroker.time.Ticker;

/** Proves that forged and altered JWTs are rejected, and that every valid form is accepted. */
class ForgedCallerTest {

  @TempDir static Path directory;

  private static VerifiedCallers callers;

  @BeforeAll
  static void start() throws Exception {
    var file = Files.writeString(directory.resolve("keys.jwks"), ForgedJwts.keys());
    var config =
        TestConfig.with(
            Map.of(
                "broker.issuers.test.issuer", ISSUER, "broker.issuers.test.keys", file.toString()));
    var metrics = new CallerMetrics(new SimpleMeterRegistry());
    var issuers = new Issuers(config, metrics, Ticker.system(), new Egress(config));
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

  @ParameterizedTest(name = "{0}")
  @MethodSource("tokenbroker.callers.ForgedJwts#forged")
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
}
