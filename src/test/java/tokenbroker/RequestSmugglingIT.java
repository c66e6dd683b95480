package tokenbroker;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tokenbroker.testing.Site;

/**
 * Proves that no request can be smuggled past a proxy. The broker rejects every request that a
 * proxy could split differently and closes its connection, so that the rest is never read.
 */
class RequestSmugglingIT {

  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] (\\d{3}) ");

  @RegisterExtension private static final Site SITE = new Site().inMemory().clients(1).brokers(1);

  private static final String GET =
      "GET /tokens/client-0 HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer %s\r\n\r\n"
          .formatted(SITE.caller());

  @Test
  void aRequestThatIsWellFormedIsAnsweredAlsoAfterAnEmptyLine() throws IOException {
    assertThat(statuses(GET)).containsExactly(200);
    assertThat(statuses("\r\n" + GET)).containsExactly(200);
    var chunked = "Transfer-Encoding: chunked\r\nContent-Type: application/json";
    var known = chunked + "\r\nAuthorization: Bearer " + SITE.caller();
    var body = "26\r\n{\"token_id\": \"%s\"}\r\n0\r\n\r\n".formatted("A".repeat(22));
    assertThat(statuses(post(known) + body + GET)).containsExactly(200, 200);
    // The broker closes the connection after a request that it rejects without reading the body.
    assertThat(statuses(post(chunked) + body + GET)).containsExactly(401);
  }

  /**
   * CVE-2026-89044. RFC 9112 §6.3 requires {@code chunked} as the last coding, and {@code xchunked}
   * is another coding.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Transfer-Encoding: chunked, xchunked",
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding: chunked, identity",
        "Transfer-Encoding: chunked, chunked",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: xchunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 5",
        "Content-Length: 5\r\nTransfer-Encoding: chunked",
        "Content-Length: 5\r\nContent-Length: 6",
        "Content-Length: 5, 6",
        "Content-Length: +5",
        "Transfer-Encoding : chunked",
        "Transfer-Encoding:\u000bchunked",
      })
  void nothingFollowsABodyWhoseLengthCanBeReadInTwoWays(String headers) throws IOException {
    assertThat(statuses(post(headers) + "0\r\n\r\n" + GET)).containsExactly(400);
  }

  /** CVE-2026-50020. RFC 9112 §2.2 allows only an empty line before a request line. */
  @ParameterizedTest
  @ValueSource(ints = {0x00, 0x01, 0x08, 0x09, 0x0b, 0x0c, 0x1b, 0x1f, 0x7f, 0x85})
  void nothingStandsBeforeARequestLine(int character) throws IOException {
    assertThat(statuses((char) character + GET)).containsExactly(400);
    assertThat(statuses("\r\n" + (char) character + GET)).containsExactly(400);
  }

  private static String post(String headers) {
    return "POST /tokens/client-0/invalidate HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n\r\n";
  }

  /** Returns the status of each response until the broker closes the connection. */
  private static List<Integer> statuses(String sent) throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), SITE.broker(0).port())) {
      socket.setSoTimeout(30_000);
      socket.getOutputStream().write(sent.getBytes(ISO_8859_1));
      var answers = new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
      return STATUS.matcher(answers).results().map(it -> Integer.valueOf(it.group(1))).toList();
    }
  }
}
