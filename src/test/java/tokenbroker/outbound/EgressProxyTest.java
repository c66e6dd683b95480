package tokenbroker.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static tokenbroker.outbound.HttpUnderTest.assertThatItIs;

import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tokenbroker.outbound.Reply.NoConnection;
import tokenbroker.outbound.Reply.NoConnection.Reason;
import tokenbroker.testing.Certificate;
import tokenbroker.testing.FullServer;
import tokenbroker.testing.RawServer;

/**
 * Proves that outbound requests use the proxy in the JVM's system properties. The tests set and
 * clear these properties.
 */
@SuppressWarnings("NullAway.Init")
class EgressProxyTest {

  private static final List<String> SETTINGS =
      List.of("https.proxyHost", "https.proxyPort", "http.proxyHost", "http.proxyPort");

  @TempDir static Path directory;

  private static Certificate certificate;

  private final RawServer proxy = RawServer.start();
  private RawServer server;
  private HttpUnderTest under;

  @BeforeAll
  static void certificate() {
    certificate = Certificate.in(directory, "dns:right.test");
  }

  @BeforeEach
  void start() {
    server = RawServer.on(certificate.servers(), "127.0.0.1", 0);
    under = new HttpUnderTest(() -> certificate.trust().getSocketFactory(), HttpUnderTest.LONG);
    Map.of("http", proxy.port(), "https", proxy.port())
        .forEach(
            (scheme, port) -> {
              System.setProperty(scheme + ".proxyHost", "proxy.test");
              System.setProperty(scheme + ".proxyPort", "" + port);
            });
    under.name("proxy.test", "127.0.0.2", "127.0.0.1");
    server.script(
        line -> {
          while (true) {
            line.request();
            line.answer(200, "" + line.number());
          }
        });
  }

  @AfterEach
  void close() {
    SETTINGS.forEach(System::clearProperty);
    under.close();
    server.close();
    proxy.close();
  }

  @Test
  void httpsGoesThroughATunnelOfTheProxyWhoseAddressesAreAllTried() {
    proxy.script(
        line -> {
          line.request();
          line.write("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 Connected\r\n\r\n");
          line.passOnTo(new Socket(InetAddress.getLoopbackAddress(), server.port()));
        });
    assertThatItIs(under.get("https://right.test/a?secret=b"), 200, "1");
    assertThatItIs(under.get("https://right.test/a?secret=b"), 200, "1");

    assertThat(proxy.heads())
        .containsExactly("CONNECT right.test:443 HTTP/1.1\r\nHost: right.test:443\r\n\r\n");
    assertThat(server.heads().getFirst())
        .startsWith("GET /a?secret=b HTTP/1.1\r\nHost: right.test\r\n");
  }

  @Test
  void theServerBehindATunnelMustHaveTheRightCertificate() {
    proxy.script(
        line -> {
          line.request();
          line.write("HTTP/1.1 200 Connected\r\n\r\n");
          line.passOnTo(new Socket(InetAddress.getLoopbackAddress(), server.port()));
        });
    assertThat(under.get("https://wrong.test/")).isEqualTo(new NoConnection(Reason.TLS));
    assertThat(server.heads()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n",
        "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n"
            + "Content-Length: 4\r\n\r\npage",
        "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 502 Bad Gateway\r\n\r\n",
        "HTTP/1.1 302 Found\r\nLocation: https://elsewhere.test/\r\n\r\n",
        "HTTP/1.1 101 Switching\r\n\r\n",
        "HTTP/1.1 000 Odd\r\n\r\n",
        "HTTP/1.1 200 Connected\r\n\r\nbytes that are not the server's",
        "SSH-2.0-noise\r\n",
        ""
      })
  void aProxyThatOpensNoTunnelIsNoConnection(String answer) {
    proxy.script(
        line -> {
          line.request();
          line.write(answer);
        });
    assertThat(under.get("https://right.test/")).isEqualTo(new NoConnection(Reason.PROXY));
  }

  @Test
  void httpGoesToTheProxyWithTheWholeUrl() {
    proxy.script(
        line -> {
          line.request();
          line.answer(407, "");
        });
    assertThatItIs(under.get("http://right.test/a?b"), 407, "");
    assertThat(proxy.heads().getFirst())
        .startsWith("GET http://right.test:80/a?b HTTP/1.1\r\nHost: right.test\r\n");
  }

  @Test
  void loopbackNeedsNoProxy() {
    try (var plain =
        RawServer.start()
            .script(
                line -> {
                  line.request();
                  line.answer(200, "straight");
                })) {
      assertThatItIs(under.get("http://127.0.0.1:" + plain.port() + "/"), 200, "straight");
      assertThat(proxy.connections()).isZero();
    }
  }

  @Test
  void aProxyThatHangsAtOneAddressIsNotWaitedFor() {
    proxy.script(
        line -> {
          line.request();
          line.answer(200, "by the other");
        });
    try (var full = FullServer.on("127.0.0.2", proxy.port())) {
      assertThat(full.port()).isEqualTo(proxy.port());
      assertThatItIs(under.post("http://right.test/"), 200, "by the other");
    }
  }
}
