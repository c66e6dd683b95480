package tokenbroker.callers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jose4j.json.JsonUtil;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.RsaJsonWebKey;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tokenbroker.callers.Verification.Refused;
import tokenbroker.testing.CallerTokens;
import tokenbroker.testing.LogLines;

/** Proves what the log says about rejected callers, and how often. */
class RefusedCallersTest {

  private static final RsaJsonWebKey KEY = Signed.rsa("k1");
  private static final String TRACE = "5f0e9c2b7a41d863e0c4b19a7d25f386";

  @TempDir static Path directory;

  private static CallersUnderTest site;

  @BeforeAll
  static void start() throws IOException {
    var file = Files.writeString(directory.resolve("keys"), new JsonWebKeySet(KEY).toJson());
    site = CallersUnderTest.withKeys(file.toString()).read();
  }

  static Stream<Arguments> differences() {
    var good = Signed.by(KEY);
    return Stream.of(
        Arguments.of(
            with("iss", "https://other.test"),
            "unknown (unknown_issuer): iss is \"https://other.test\", but the"
                + " configured issuers are \"https://issuer.test\"."),
        Arguments.of(
            with("iss", CallerTokens.ISSUER + "/"),
            "iss is \"https://issuer.test/\", but the configured issuers are \"https://issuer.test\";"
                + " they differ only in a slash at the end."),
        Arguments.of(with("iss", 7), "iss is of type number"),
        Arguments.of(
            with("aud", "https://kubernetes.default.svc"),
            "test (audience): aud is \"https://kubernetes.default.svc\", but must contain"
                + " \"token-broker\"; sub is \"orders\"."),
        Arguments.of(
            with("aud", new String[] {"a", "b"}), "aud is [\"a\", \"b\"], but must contain"),
        Arguments.of(with("aud", null), "aud is missing, but must contain \"token-broker\""),
        Arguments.of(
            with("exp", 1_700_000_000),
            "(expired): exp is 2023-11-14T22:13:20Z, but the time is 2"),
        Arguments.of(
            with("nbf", Instant.now().getEpochSecond() + 300), "(not_yet_valid): nbf is 2"),
        Arguments.of(
            with("groups", 7),
            "(claims): the claim groups is of type number, which is not allowed"),
        Arguments.of(
            Signed.by(KEY, "k9"),
            "(unknown_key): kid is \"k9\", but the issuer's keys are \"k1\". trace_id " + TRACE),
        Arguments.of(
            Signed.by(Signed.rsa("k1")),
            "(signature): the signature does not match any key of the issuer with kid \"k1\""),
        Arguments.of(
            Signed.by(Signed.ec("k1")), "(algorithm): alg is \"ES256\", but the key is for RS256"),
        Arguments.of(
            with("cnf", Map.of("jkt", "0ZcO")),
            "test (sender_constrained): the claim cnf binds the JWT to a key, which the broker"
                + " cannot check"),
        Arguments.of("a.b.c", "(malformed): the token is not a signed JWT"),
        Arguments.of("x".repeat(9000), "(too_large): the JWT has 9000 characters"),
        Arguments.of(
            with("iss", "forged\nline \u202e\"\\ü"),
            "iss is \"forged\\u000aline \\u202e\\\"\\\\\\u00fc\", but the configured"),
        Arguments.of(with("iss", "y".repeat(5000)), "iss is \"" + "y".repeat(200) + "\"..., but"),
        Arguments.of(
            with("aud", "a,b,c,d,e,f,g".split(",")),
            "aud is [\"a\", \"b\", \"c\", \"d\", \"e\", ...], but must"),
        Arguments.of(
            good.substring(0, good.length() - 6),
            "(signature): the signature does not match any key"));
  }

  @ParameterizedTest
  @MethodSource("differences")
  void theLineSaysWhatDiffersAndNeverTheToken(String jwt, String difference) {
    try (var log = new LogLines(RefusedCallers.class)) {
      new RefusedCallers(site.clock).log(refused(jwt), TRACE);
      assertThat(log.lines())
          .singleElement()
          .asString()
          .startsWith("Rejected a caller of issuer ")
          .contains(difference, "trace_id " + TRACE)
          .doesNotContain(jwt, "\n")
          .hasSizeLessThan(700);
      for (var part : jwt.split("\\.", -1)) {
        if (part.length() > 8 && part.length() < 8000) {
          assertThat(log.lines().getFirst()).doesNotContain(part);
        }
      }
    }
  }

  @Test
  void theFirstRefusalOfAKindIsLoggedAtOnceAndThenOneAMinuteWithTheirNumber() {
    var refused = new RefusedCallers(site.clock);
    var audience = refused(with("aud", "other"));
    try (var log = new LogLines(RefusedCallers.class)) {
      assertThat(refused.log(audience, "t1")).hasValue(0);
      assertThat(refused.log(audience, "t2")).isEmpty();
      assertThat(refused.log(audience, "t3")).isEmpty();
      assertThat(refused.log(refused("a.b.c"), "t4")).as("another kind of refusal").hasValue(0);
      site.clock.advance(Duration.ofSeconds(59));
      site.clock.step(Duration.ofHours(1));
      assertThat(refused.log(audience, "t5")).isEmpty();
      site.clock.advance(Duration.ofSeconds(1));
      assertThat(refused.log(audience, "t6")).hasValue(3);
      site.clock.advance(Duration.ofMinutes(1));
      assertThat(refused.log(audience, "t7")).hasValue(0);

      assertThat(log.lines()).hasSize(4);
      assertThat(log.lines().getFirst()).endsWith("trace_id t1.");
      assertThat(log.lines().get(2))
          .endsWith("trace_id t6. 3 more rejections of this kind since the last such line.");
      assertThat(log.lines().getLast()).endsWith("trace_id t7.");
    }
  }

  @Test
  void aFloodOfInventedIssuersIsOneKind() {
    var refused = new RefusedCallers(site.clock);
    try (var log = new LogLines(RefusedCallers.class)) {
      for (var i = 0; i < 1000; i++) {
        refused.log(refused(with("iss", "https://" + i + ".test")), TRACE);
      }
      assertThat(log.lines()).hasSize(1);
    }
  }

  @Test
  void aRequestWithoutATokenIsRefusedWithWhatItHasInstead() {
    assertThat(site.callers.withoutToken(false).difference())
        .isEqualTo("the request has no Authorization header");
    assertThat(site.callers.withoutToken(true).difference())
        .isEqualTo("the Authorization header does not have the form \"Bearer TOKEN\"");
  }

  private static Refused refused(String jwt) {
    return (Refused) site.verify(jwt);
  }

  private static String with(String claim, @Nullable Object value) {
    var claims = Signed.claims();
    claims.remove(claim);
    if (value != null) {
      claims.putAll(Map.of(claim, value instanceof String[] list ? List.of(list) : value));
    }
    return Signed.by(KEY, "k1", JsonUtil.toJson(claims));
  }
}
