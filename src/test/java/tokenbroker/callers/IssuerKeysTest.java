package tokenbroker.callers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tokenbroker.callers.Verification.Refused;
import tokenbroker.callers.Verification.Unavailable;
import tokenbroker.callers.Verification.Verified;
import tokenbroker.testing.ApiServer;
import tokenbroker.testing.CallerTokens;
import tokenbroker.testing.Certificate;
import tokenbroker.testing.LogLines;
import tokenbroker.testing.TcpProxy;

/**
 * Proves when an issuer's keys are read, over real HTTP and HTTPS, and that a failed read changes
 * nothing.
 */
class IssuerKeysTest {

  private static final CallerTokens FIRST = new CallerTokens("k1");
  private static final CallerTokens SECOND = new CallerTokens("k2");

  @TempDir Path directory;

  private final ApiServer server = ApiServer.publishing(FIRST.jwks());
  private CallersUnderTest site = CallersUnderTest.withKeys(server.url()).read();

  @AfterEach
  void end() {
    server.close();
  }

  @Test
  void keysAreReadAtTheStartAndEveryFiveMinutes() {
    assertThat(site.verify(FIRST.token("orders"))).isInstanceOf(Verified.class);
    site.read();
    assertThat(reads()).isEqualTo(1);
    site.passes(Duration.ofMinutes(5));
    assertThat(reads()).isEqualTo(2);
  }

  @Test
  void aNewKeyIsLetInWithoutARefusedCallAndTheOldOneGoesWithWhatItVerified() {
    var old = FIRST.token("orders");
    site.verify(old);
    assertThat(site.callers.remembered(old)).isNotNull();
    server.body(SECOND.jwks());

    assertThat(site.verify(SECOND.token("orders"))).isInstanceOf(Verified.class);
    assertThat(site.callers.remembered(old)).isNull();
    assertThat(site.verify(old)).isInstanceOf(Refused.class);
  }

  @Test
  void unknownKeysCostOneReadInHalfAMinute() {
    for (var i = 0; i < 5; i++) {
      assertThat(site.verify(SECOND.token("orders"))).isInstanceOf(Refused.class);
    }
    assertThat(reads()).isEqualTo(2);
    assertThat(site.reads("test", "throttled")).isEqualTo(4);
    server.body(SECOND.jwks());
    site.clock.advance(Duration.ofSeconds(30));
    assertThat(site.verify(SECOND.token("orders"))).isInstanceOf(Verified.class);
  }

  @Test
  void newKeysAreLearntAlthoughTheWallClockWasSetBack() {
    assertThat(site.verify(SECOND.token("orders"))).isInstanceOf(Refused.class);
    site.clock.step(Duration.ofHours(-1));
    server.body(SECOND.jwks());
    site.clock.advance(Duration.ofSeconds(30));
    assertThat(site.verify(SECOND.token("orders"))).isInstanceOf(Verified.class);

    server.body(FIRST.jwks());
    site.passes(Duration.ofMinutes(5));
    assertThat(site.verify(FIRST.token("orders"))).isInstanceOf(Verified.class);
  }

  @Test
  void aVerifiedJwtIsRememberedForFiveMinutesHoweverTheWallClockIsSet() {
    var jwt = FIRST.token("orders");
    site.verify(jwt);
    site.clock.step(Duration.ofHours(-1));
    assertThat(site.callers.remembered(jwt)).isNotNull();
    site.clock.advance(Duration.ofMinutes(5));
    assertThat(site.callers.remembered(jwt)).isNull();
  }

  @Test
  void aVerifiedJwtIsForgottenWhenItExpires() {
    var jwt = FIRST.token("orders", Map.of("exp", site.clock.instant().getEpochSecond() + 60));
    site.verify(jwt);
    assertThat(site.callers.remembered(jwt)).isNotNull();
    site.clock.step(Duration.ofSeconds(60));
    assertThat(site.callers.remembered(jwt)).isNull();
  }

  @Test
  void aFailedReadLeavesTheKeysInHandInForceAndIsRepeatedAfterHalfAMinute() {
    server.status(500);
    site.passes(Duration.ofMinutes(5));
    assertThat(site.reads("test", "failed")).isEqualTo(1);
    site.passes(Duration.ofSeconds(29));
    assertThat(site.reads("test", "failed")).isEqualTo(1);
    site.passes(Duration.ofSeconds(1));
    assertThat(site.reads("test", "failed")).isEqualTo(2);
    assertThat(site.verify(FIRST.token("orders"))).isInstanceOf(Verified.class);

    server.close();
    site.passes(Duration.ofSeconds(30));
    assertThat(site.reads("test", "failed")).isEqualTo(3);
    assertThat(site.verify(FIRST.token("orders"))).isInstanceOf(Verified.class);
    assertThat(site.issuersWithoutKeys()).isEmpty();
  }

  @Test
  void anEmptySetIsAFailedReadAndTheKeysInHandStay() {
    server.body("{\"keys\":[]}");
    site.passes(Duration.ofMinutes(5));
    assertThat(site.reads("test", "failed")).isEqualTo(1);
    assertThat(site.keysInForce("test")).isEqualTo(1);
    assertThat(site.verify(FIRST.token("orders"))).isInstanceOf(Verified.class);
  }

  @Test
  void eachChangeOfTheReasonIsLoggedOnceAndSoIsTheEnd() {
    try (var log = new LogLines(Issuer.class)) {
      server.status(500);
      site.passes(Duration.ofMinutes(5));
      site.passes(Duration.ofSeconds(30));
      assertThat(log.lines())
          .containsExactly(
              "The keys of issuer test cannot be read from "
                  + server.url()
                  + ": status 500. Keys still in use: 1.");
      assertThat(site.failure("test")).isEqualTo("status 500");

      log.forget();
      server.status(406);
      site.passes(Duration.ofSeconds(30));
      site.passes(Duration.ofSeconds(30));
      assertThat(log.lines())
          .containsExactly(
              "The keys of issuer test cannot be read from "
                  + server.url()
                  + ": status 406. Keys still in use: 1.");

      log.forget();
      server.status(200);
      site.passes(Duration.ofSeconds(30));
      site.passes(Duration.ofMinutes(5));
      assertThat(log.lines())
          .containsExactly("The keys of issuer test can be read again. Keys in use: 1");
      assertThat(site.failure("test")).isNull();
    }
  }

  @Test
  void withoutKeysNobodyIsVerifiedAndTheyAreTriedSoonAgain() {
    server.status(503);
    site = CallersUnderTest.withKeys(server.url()).read();
    assertThat(site.verify(FIRST.token("orders")))
        .isEqualTo(new Unavailable(Duration.ofSeconds(2)));
    assertThat(site.issuersWithoutKeys()).containsExactly("test");
    assertThat(site.keysInForce("test")).isZero();
    assertThat(site.failure("test")).isEqualTo("status 503");

    server.status(200);
    site.passes(Duration.ofSeconds(2));
    assertThat(site.verify(FIRST.token("orders"))).isInstanceOf(Verified.class);
  }

  @Test
  void theTokenFileIsSentAndReadAnewEachTime() throws IOException {
    var token = Files.writeString(directory.resolve("token"), "one\n");
    site =
        CallersUnderTest.withKeys(server.url(), Map.of("keys-token-file", token.toString())).read();
    Files.writeString(token, "two\r\n");
    site.passes(Duration.ofMinutes(5));

    assertThat(server.authorizations()).containsExactly("none", "Bearer one", "Bearer two");
  }

  @Test
  void theCaFileIsTrustedForTheKeysAndNothingElseIs() throws IOException {
    var certificate = Certificate.in(directory);
    certificate.writePem(directory);
    try (var tls = new TcpProxy(server.port(), certificate.servers())) {
      var url = "https://127.0.0.1:" + tls.port() + "/openid/v1/jwks";
      assertThat(CallersUnderTest.withKeys(url).read().issuersWithoutKeys())
          .containsExactly("test");

      var authority = directory.resolve("tls.crt");
      var trusting = Map.of("keys-ca-file", authority.toString());
      assertThat(CallersUnderTest.withKeys(url, trusting).read().verify(FIRST.token("orders")))
          .isInstanceOf(Verified.class);

      Files.writeString(
          authority, "\uFEFFCertificate:\r\n    Data:\r\n" + Files.readString(authority));
      assertThat(CallersUnderTest.withKeys(url, trusting).read().verify(FIRST.token("orders")))
          .as("as openssl prints it, saved on Windows")
          .isInstanceOf(Verified.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"HS256", "none", "RS256,none", "RSA-OAEP", "rs256"})
  void weakAlgorithmsAreFaults(String algorithms) {
    var weak = CallersUnderTest.withKeys("/some/file", Map.of("algorithms", algorithms));
    assertThat(weak.issuers.faults())
        .singleElement()
        .asString()
        .contains("broker.issuers.test.algorithms");
  }

  private int reads() {
    return server.authorizations().size();
  }
}
