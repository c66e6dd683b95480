package tokenbroker.callers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tokenbroker.callers.Verification.Verified;
import tokenbroker.testing.ApiServer;
import tokenbroker.testing.CallerTokens;

/** Proves which forms of {@code broker.issuers.<name>.keys} are accepted, and what each means. */
class KeysLocationTest {

  private static final CallerTokens ISSUER = new CallerTokens("k1");

  @TempDir static Path directory;

  @BeforeAll
  static void write() throws IOException {
    Files.writeString(directory.resolve("with space.jwks"), ISSUER.jwks());
    Files.writeString(directory.resolve("keys.jwks"), ISSUER.jwks());
    Files.writeString(directory.resolve("100%.jwks"), ISSUER.jwks());
    Files.writeString(directory.resolve("schlüssel.jwks"), ISSUER.jwks());
  }

  static Stream<String> files() {
    var relative = Path.of("").toAbsolutePath().relativize(directory.toAbsolutePath());
    return Stream.of(
        directory + "/keys.jwks",
        directory + "/with space.jwks",
        directory + "/100%.jwks",
        relative + "/keys.jwks",
        "file:" + directory + "/keys.jwks",
        "file://" + directory + "/keys.jwks",
        "file://localhost" + directory + "/keys.jwks",
        "FILE:" + directory + "/keys.jwks",
        "file:" + directory + "/with space.jwks",
        "file:" + directory + "/with%20space.jwks",
        "file://" + directory + "/with%20space.jwks",
        "file:" + directory + "/schl%C3%BCssel.jwks",
        "file:" + directory + "/schlüssel.jwks",
        "file:" + relative + "/keys.jwks",
        "file:" + relative + "/with space.jwks");
  }

  @ParameterizedTest
  @MethodSource("files")
  void aFileIsReadHoweverItsPathIsWritten(String keys) {
    var site = CallersUnderTest.withKeys(keys);
    assertThat(site.issuers.faults()).isEmpty();
    assertThat(site.read().verify(ISSUER.token("orders"))).isInstanceOf(Verified.class);
  }

  @Test
  void theSchemeOfAUrlMayBeInCapitals() {
    try (var server = ApiServer.publishing(ISSUER.jwks())) {
      var site = CallersUnderTest.withKeys(server.url().replace("http:", "HTTP:"));
      assertThat(site.issuers.faults()).isEmpty();
      assertThat(site.read().verify(ISSUER.token("orders"))).isInstanceOf(Verified.class);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          HTTP://keys.example/jwks             | use https://
          http://keys.example/jwks             | use https://
          ftp://keys.example/jwks              | ftp://
          s3://bucket/keys                     | s3://
          https:keys.example/jwks              | not a URL
          https:/keys.example/jwks             | not a URL
          https://                             | not a URL
          https:///jwks                        | not a URL
          https://keys.example/a b             | not a URL
          https://keys.example:port/jwks       | not a URL
          https://user:secret@keys.example/    | user name
          file://keys.jwks                     | file:///
          file://host/keys.jwks                | file:///
          file:                                | path
          file:/etc/keys%zz                    | percent
          file:/etc/keys%00                    | path
          """)
  void aLocationThatNobodyCanReadIsAFaultAtTheStart(String keys, String part) {
    var site = CallersUnderTest.withKeys(keys);
    assertThat(site.issuers.faults())
        .singleElement()
        .asString()
        .contains("broker.issuers.test.keys", part)
        .doesNotContain("secret");
  }
}
