package tokenbroker.callers;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tokenbroker.outbound.Egress;
import tokenbroker.testing.RawServer;
import tokenbroker.testing.TestConfig;

/**
 * Proves how the text of an issuer's keys is read over real HTTP, and how each failure is reported.
 */
class KeySourceTest {

  @TempDir Path directory;

  private final RawServer server = RawServer.start();

  @AfterEach
  void close() {
    server.close();
  }

  /** In the responses, {@code ~} stands for the end of a line. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          HTTP/1.1 406 No~Content-Length: 0~~                | status 406
          HTTP/1.1 302 Found~Location: /x~Content-Length: 0~~ | status 302, a redirect, which the broker does not follow: set keys to the target of the redirect
          HTTP/1.1 407 No~~                                  | status 407
          HTTP/1.1 101 Switching~~                           | status 101
          HTTP/1.1 200 OK~Content-Length: 9~~{               | the response is incomplete
          HTTP/1.1 200 OK~Content-Length: 999999~~{          | the response is larger than 256 KiB
          HTTP/1.1 200 OK~Content-Length: -1~~{              | the response cannot be decoded
          HTTP/1.1 200 OK~Content-Encoding: br~~{}           | the response cannot be decoded
          HTTP/1.1 000 Odd~~                                 | the response is not HTTP
          SSH-2.0-noise~                                     | the response is not HTTP
          ''                                                 | the server closed the connection before a response
          """)
  void everyOddAnswerIsAFailureThatSaysWhatItIs(String answer, String failure) {
    server.script(
        line -> {
          line.request();
          line.write(answer.replace("~", "\r\n"));
        });
    assertThatThrownBy(() -> source(null).read())
        .isInstanceOf(IOException.class)
        .hasMessage(failure);
  }

  @Test
  void anAnswerMayBeCompressed() throws IOException {
    var coded = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(coded)) {
      gzip.write("{\"keys\":[]}".getBytes(UTF_8));
    }
    server.script(
        line -> {
          line.request();
          line.write("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n");
          line.write(coded.toString(ISO_8859_1));
        });
    assertThat(source(null).read()).isEqualTo("{\"keys\":[]}");
  }

  @Test
  void aTokenFileThatHoldsMoreThanATokenIsNamedAndNotShown() throws IOException {
    var file = Files.writeString(directory.resolve("token"), "geheim\nund mehr\n");
    assertThatThrownBy(() -> source(file).read())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("token")
        .hasMessageNotContaining("geheim");
    assertThat(server.connections()).isZero();
  }

  private KeySource source(@Nullable Path tokenFile) {
    var url = URI.create("http://127.0.0.1:" + server.port() + "/jwks");
    return new KeySource(
        new IssuerSettings(
            "test",
            "https://issuer",
            new KeysLocation.Url(url),
            tokenFile,
            null,
            "us",
            Set.of(),
            null),
        new Egress(TestConfig.defaults()));
  }
}
