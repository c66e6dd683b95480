package tokenbroker.callers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tokenbroker.callers.Verification.Verified;
import tokenbroker.testing.ApiServer;
import tokenbroker.testing.CallerTokens;
import tokenbroker.testing.LogLines;

/** Proves that malformed keys are only a failed read, and only for the issuer that sent them. */
class OddKeysTest {

  private static final String SECRET = "not-for-any-log";

  private static final CallerTokens ISSUER = new CallerTokens("k1");

  @TempDir Path directory;

  private final ApiServer odd = ApiServer.publishing(ISSUER.jwks());
  private final ApiServer good = ApiServer.publishing(ISSUER.jwks());

  @AfterEach
  void end() {
    odd.close();
    good.close();
  }

  static Stream<String> answers() {
    return Stream.of(
        "",
        " \r\n",
        SECRET,
        "null",
        "7",
        "\"" + SECRET + "\"",
        "[]",
        "{}",
        "{\"error\":\"" + SECRET + "\"}",
        "{\"keys\":\"" + SECRET + "\"}",
        "{\"keys\":{}}",
        "{\"keys\":null}",
        "{\"keys\":[]}",
        "{\"keys\":[1]}",
        "{\"keys\":[null]}",
        "{\"keys\":[[]]}",
        "{\"keys\":[\"" + SECRET + "\"]}",
        "{\"keys\":[{\"kty\":\"oct\",\"k\":\"c2VjcmV0\",\"kid\":\"k1\"}]}",
        "{\"keys\":[{\"kty\":7}]}",
        "{\"keys\":[{\"kty\":\"RSA\"}]}",
        "{\"keys\":[{\"kty\":\"RSA\",\"n\":{},\"e\":[]}]}",
        "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"\",\"e\":\"\"}]}",
        "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AA\",\"y\":\"AA\"}]}",
        "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"" + SECRET + "\",\"x\":\"!\",\"y\":7}]}",
        "{\"keys\":[{\"kty\":\"RSA\",\"x5c\":[\"" + SECRET + "\"]}]}",
        "{\"keys\":[",
        "{\"keys\":[]} trailing",
        "[".repeat(100_000),
        "{\"keys\":".repeat(50_000),
        "{\"keys\":[{\"kty\":\"RSA\",\"n\":" + "[".repeat(50_000),
        "<!DOCTYPE html><html><body>" + SECRET + "</body></html>",
        "-----BEGIN PUBLIC KEY-----",
        "-----BEGIN PUBLIC KEY-----\n" + SECRET + "\n-----END PUBLIC KEY-----\n",
        "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\n" + SECRET + "-----END CERTIFICATE-----\n",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        "x".repeat(300_000));
  }

  @ParameterizedTest
  @MethodSource("answers")
  void anOddAnswerIsAFailedReadAndOtherIssuersAreReadAllTheSame(String answer) {
    var site = twoIssuers(odd.url(), Map.of());
    odd.body(answer);
    try (var log = new LogLines(Issuer.class)) {
      site.passes(Duration.ofMinutes(5));
      assertThat(log.lines()).singleElement().asString().doesNotContain(SECRET, "Exception");
    }

    assertThat(site.failure("odd")).isNotBlank().doesNotContain(SECRET, "unexpected");
    assertThat(site.reads("odd", "failed")).isEqualTo(1);
    assertThat(site.reads("good", "ok")).isEqualTo(2);
    assertThat(site.verify(ISSUER.token("orders"))).isInstanceOf(Verified.class);
    assertThat(site.issuersWithoutKeys()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("answers")
  void anOddFileAtTheStartIsAFailedReadAndOtherIssuersAreReadAllTheSame(String text)
      throws IOException {
    var file = Files.writeString(directory.resolve("keys"), text);
    var site = twoIssuers(file.toString(), Map.of());

    assertThat(site.reads("odd", "failed")).isEqualTo(1);
    assertThat(site.issuersWithoutKeys()).containsExactly("odd");
  }

  static Stream<byte[]> tokens() {
    return Stream.of(
        new byte[0],
        "\n".getBytes(UTF_8),
        "two\nlines".getBytes(UTF_8),
        "a b".getBytes(UTF_8),
        "tök".getBytes(UTF_8),
        new byte[] {0},
        new byte[] {(byte) 0xff, (byte) 0xfe, 0x41},
        "x".repeat(300_000).getBytes(UTF_8));
  }

  @ParameterizedTest
  @MethodSource("tokens")
  void anOddTokenFileIsAFailedReadAndIsNotSent(byte[] token) throws IOException {
    var file = Files.write(directory.resolve("token"), token);
    var site = twoIssuers(odd.url(), Map.of("keys-token-file", file.toString()));

    assertThat(site.issuersWithoutKeys()).containsExactly("odd");
    assertThat(site.failure("odd")).contains(file.toString()).doesNotContain("two", "xxx");
    assertThat(odd.authorizations()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("answers")
  void anOddCaFileIsAFailedRead(String text) throws IOException {
    var file = Files.writeString(directory.resolve("ca"), text);
    var https = odd.url().replace("http:", "https:");
    var site = twoIssuers(https, Map.of("keys-ca-file", file.toString()));

    assertThat(site.issuersWithoutKeys()).containsExactly("odd");
    assertThat(site.failure("odd")).contains(file.toString()).doesNotContain(SECRET);
  }

  @Test
  void filesThatAreNotThereOrNoFilesAreFailedReads() {
    for (var path : new String[] {directory.toString(), directory + "/nowhere", "/dev/zero"}) {
      var site = twoIssuers(path, Map.of());
      assertThat(site.issuersWithoutKeys()).as(path).containsExactly("odd");
      site = twoIssuers(odd.url(), Map.of("keys-token-file", path));
      assertThat(site.issuersWithoutKeys()).as(path).containsExactly("odd");
      site = twoIssuers(odd.url().replace("http:", "https:"), Map.of("keys-ca-file", path));
      assertThat(site.issuersWithoutKeys()).as(path).containsExactly("odd");
    }
  }

  static Stream<Arguments> reasons() {
    return Stream.of(
        Arguments.of("", "the text is empty"),
        Arguments.of("<html>", "the text is an HTML or XML page, not a JWKS"),
        Arguments.of("maintenance", "the text is neither JSON nor PEM"),
        Arguments.of(
            "{\"keys\":\"maintenance\"}", "the text is not a JWKS: it has no list \"keys\""),
        Arguments.of(
            "{\"keys\":[1]}", "the text is not a JWKS: an element of \"keys\" is not an object"),
        Arguments.of(
            "{\"keys\":[]}", "the text contains no public key for the issuer's algorithms"),
        Arguments.of(
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
            "the PEM text contains neither a PUBLIC KEY nor a CERTIFICATE; create one with openssl pkey"
                + " -pubout"));
  }

  @ParameterizedTest
  @MethodSource("reasons")
  void theReasonSaysWhatIsWrongWithTheText(String text, String reason) {
    odd.body(text);
    assertThat(twoIssuers(odd.url(), Map.of()).failure("odd")).isEqualTo(reason);
  }

  @Test
  void theReasonSaysWhatTheServerDid() {
    odd.status(302);
    assertThat(twoIssuers(odd.url(), Map.of()).failure("odd"))
        .isEqualTo(
            "status 302, a redirect, which the broker does not follow: set keys to the target of the redirect");
    odd.status(403);
    assertThat(twoIssuers(odd.url(), Map.of()).failure("odd")).isEqualTo("status 403");
    odd.close();
    assertThat(twoIssuers(odd.url(), Map.of()).failure("odd")).startsWith("cannot connect");
  }

  @Test
  void nobodyWaitsForTheServerOfAnotherIssuer() throws InterruptedException {
    var site = CallersUnderTest.with(settings(odd.url(), Map.of()));
    odd.hold();
    var reading = Thread.startVirtualThread(site::read);
    await().until(() -> site.keysInForce("good") == 1);
    assertThat(site.keysInForce("odd")).isZero();
    odd.release();
    reading.join();
    assertThat(site.keysInForce("odd")).isOne();
  }

  /** Returns callers of the issuers {@code odd} and {@code good}. Each has been read once. */
  private CallersUnderTest twoIssuers(String keys, Map<String, String> more) {
    var site = CallersUnderTest.with(settings(keys, more));
    assertThatNoException().isThrownBy(site::read);
    assertThat(site.issuersWithoutKeys()).doesNotContain("good");
    return site;
  }

  private Map<String, String> settings(String keys, Map<String, String> more) {
    var settings = new TreeMap<String, String>();
    settings.put("broker.issuers.odd.issuer", CallerTokens.ISSUER);
    settings.put("broker.issuers.odd.keys", keys);
    more.forEach((key, value) -> settings.put("broker.issuers.odd." + key, value));
    settings.put("broker.issuers.good.issuer", "https://good.test");
    settings.put("broker.issuers.good.keys", good.url());
    return settings;
  }
}
