package tokenbroker.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static tokenbroker.outbound.HttpUnderTest.assertThatItIs;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tokenbroker.outbound.Reply.Late;
import tokenbroker.outbound.Reply.NoConnection;
import tokenbroker.outbound.Reply.NoConnection.Reason;
import tokenbroker.outbound.Reply.NoTunnel;
import tokenbroker.testing.Certificate;
import tokenbroker.testing.ConnectProxy;
import tokenbroker.testing.FullServer;
import tokenbroker.testing.RawServer;

/** Proves which requests use the egress proxy, and that no answer of it does harm. */
@SuppressWarnings("NullAway.Init")
class EgressProxyTest {

  @TempDir static Path directory;

  private static Certificate certificate;

  private final ConnectProxy proxy = ConnectProxy.start();
  private final Map<String, String> settings = new HashMap<>();
  private RawServer server;
  private HttpUnderTest under;

  @BeforeAll
  static void certificate() {
    certificate = Certificate.in(directory, "dns:right.test");
  }

  @BeforeEach
  void start() {
    server =
        RawServer.on(certificate.servers(), "127.0.0.1", 0)
            .script(
                line -> {
                  while (true) {
                    line.request();
                    line.answer(200, "" + line.number());
                  }
                });
    proxy.allow("right.test:443", server.port()).allow("wrong.test:443", server.port());
    settings.put("broker.upstream.proxy", "http://proxy.test:" + proxy.port());
    configure();
  }

  /** Creates a client with the current settings, which resolves no name but the proxy's. */
  private void configure() {
    under =
        new HttpUnderTest(
            () -> certificate.trust().getSocketFactory(), HttpUnderTest.LONG, settings);
    under.name("proxy.test", "127.0.0.2", "127.0.0.1");
  }

  private void credentials(String content) throws IOException {
    settings.put(
        "broker.upstream.proxy-credentials-file",
        Files.writeString(directory.resolve("proxy"), content).toString());
  }

  @AfterEach
  void close() {
    under.close();
    server.close();
    proxy.close();
  }

  @Test
  void httpsGoesThroughATunnelThatIsKept() {
    assertThatItIs(under.get("https://right.test/a?secret=b"), 200, "1");
    assertThatItIs(under.get("https://right.test/a?secret=b"), 200, "1");

    assertThat(proxy.heads())
        .containsExactly("CONNECT right.test:443 HTTP/1.1\r\nHost: right.test:443\r\n\r\n");
    assertThat(server.heads().getFirst())
        .startsWith("GET /a?secret=b HTTP/1.1\r\nHost: right.test\r\n");
  }

  @Test
  void theServerBehindATunnelMustHaveTheRightCertificate() {
    assertThat(under.get("https://wrong.test/")).isEqualTo(new NoConnection(Reason.TLS));
    assertThat(server.heads()).isEmpty();
  }

  @Test
  void theProxyGetsTheCredentialsOfTheFileAndTheServerDoesNot() throws IOException {
    proxy.require("broker:pass:wörd");
    credentials("broker:pass:wörd\r\n");
    configure();
    assertThatItIs(under.get("https://right.test/"), 200, "1");
    assertThat(server.heads().getFirst()).doesNotContain("Authorization");
  }

  @Test
  void changedCredentialsAreUsedForTheNextTunnelAndFaultyOnesAreNot() throws IOException {
    proxy.require("broker:new");
    credentials("broker:old");
    configure();
    assertThat(under.post("https://right.test/"))
        .isEqualTo(
            new NoTunnel(
                "egress proxy proxy.test:%d responded 407 to CONNECT right.test:443: it requires another user or password, so correct broker.upstream.proxy-credentials-file"
                    .formatted(proxy.port())));
    credentials("broker:new");
    var tunnels = 0;
    assertThatItIs(under.post("https://right.test/"), 200, "" + ++tunnels);
    for (var faulty : List.of("", "no-colon", ":no-user", "a:b\nc:d\n", "a:b\r\nX: y", "a:\0")) {
      credentials(faulty);
      assertThatItIs(under.post("https://right.test/"), 200, "" + ++tunnels);
    }
    Files.delete(directory.resolve("proxy"));
    assertThatItIs(under.post("https://right.test/"), 200, "" + ++tunnels);
  }

  @Test
  void aHostWithoutPermissionNamesTheProxyAndTheHost() {
    assertThat(under.get("https://other.test:8443/secret"))
        .isEqualTo(
            new NoTunnel(
                "egress proxy proxy.test:%d responded 403 to CONNECT other.test:8443: its rules forbid this server, so allow it there or in broker.upstream.no-proxy"
                    .formatted(proxy.port())));
  }

  @Test
  void loopbackAndExceptionsGoStraight() {
    try (var plain =
        RawServer.start()
            .script(
                line -> {
                  line.request();
                  line.answer(200, "straight");
                })) {
      settings.put("broker.upstream.no-proxy", "right.test");
      configure();
      under.name("right.test", "127.0.0.1").name("localhost", "127.0.0.1");
      assertThatItIs(under.get("http://127.0.0.1:" + plain.port() + "/"), 200, "straight");
      assertThatItIs(under.get("http://localhost:" + plain.port() + "/"), 200, "straight");
      assertThatItIs(under.get("https://right.test:" + server.port() + "/"), 200, "1");
      assertThat(under.get("https://127.0.0.1:" + server.port() + "/"))
          .isEqualTo(new NoConnection(Reason.TLS));
      assertThat(proxy.heads()).isEmpty();
    }
  }

  static Stream<Arguments> answersThatOpenNoTunnel() {
    var refused = "responded %d to CONNECT right.test:443";
    var nonsense = "did not respond to CONNECT right.test:443 with a valid HTTP response";
    return Stream.of(
        Arguments.of("HTTP/1.1 502 Bad Gateway\r\n\r\n", refused.formatted(502)),
        Arguments.of("HTTP/1.1 503 Geheim\r\nX: geheim\r\n\r\ngeheim", refused.formatted(503)),
        Arguments.of("HTTP/1.1 302 Found\r\nLocation: https://a.test/\r\n\r\n", "responded 302"),
        Arguments.of("HTTP/1.1 101 Switching\r\n\r\n", nonsense),
        Arguments.of("HTTP/1.1 000 Odd\r\n\r\n", nonsense),
        Arguments.of("HTTP/1.1 200 Connected\r\n\r\nbytes that are not the server's", nonsense),
        Arguments.of("HTTP/1.1 200 Connected\r\n" + "X: y\r\n".repeat(101) + "\r\n", nonsense),
        Arguments.of("HTTP/1.1 200 " + "x".repeat(17 * 1024) + "\r\n\r\n", nonsense),
        Arguments.of("HTTP/1.1 103 Early\r\n\r\n".repeat(20_000), nonsense),
        Arguments.of("SSH-2.0-noise\r\n", nonsense),
        Arguments.of("HTTP/1.1 200 Conn", nonsense),
        Arguments.of("", nonsense));
  }

  @ParameterizedTest
  @MethodSource
  void answersThatOpenNoTunnel(String answer, String reason) {
    assertThat(through(answer))
        .isInstanceOfSatisfying(
            NoTunnel.class,
            fault ->
                assertThat(fault.text()).contains(reason).doesNotContainIgnoringCase("geheim"));
    assertThat(server.connections()).isZero();
  }

  /** Sends a request through a proxy that gives this answer to every CONNECT. */
  private Reply through(String answer) {
    try (var odd =
        RawServer.start()
            .script(
                line -> {
                  line.request();
                  line.write(answer);
                })) {
      settings.put("broker.upstream.proxy", "http://127.0.0.1:" + odd.port());
      configure();
      return under.get("https://right.test/");
    }
  }

  @Test
  void aTunnelMayFollowInterimAnswersAndHaveALength() {
    try (var odd =
        RawServer.start()
            .script(
                line -> {
                  line.request();
                  line.write("HTTP/1.1 103 Early Hints\r\n\r\n");
                  line.write("HTTP/1.0 204 Connected\r\nContent-Length: 5\r\n\r\n");
                  line.passOnTo(new Socket(InetAddress.getLoopbackAddress(), server.port()));
                })) {
      settings.put("broker.upstream.proxy", "http://127.0.0.1:" + odd.port());
      configure();
      assertThatItIs(under.get("https://right.test/"), 200, "1");
    }
  }

  @Test
  void aProxyThatNeverAnswersIsNamedAfterTheConnectLimitAndOneThatTricklesAfterTheWhole() {
    try (var silent = RawServer.start().script(RawServer.Line::waitForEnd);
        var trickling =
            RawServer.start()
                .script(
                    line -> {
                      line.request();
                      while (true) {
                        line.write("HTTP/1.1 103 Early Hints\r\n\r\n");
                        Thread.sleep(5);
                      }
                    })) {
      settings.put("broker.upstream.proxy", "http://127.0.0.1:" + silent.port());
      under =
          new HttpUnderTest(
              () -> certificate.trust().getSocketFactory(), Duration.ofMillis(100), settings);
      assertThat(under.get("https://right.test/"))
          .isEqualTo(
              new NoTunnel(
                  "egress proxy 127.0.0.1:" + silent.port() + ": cannot connect: timeout"));

      settings.put("broker.upstream.proxy", "http://127.0.0.1:" + trickling.port());
      configure();
      var request = HttpUnderTest.request("https://right.test/", true);
      assertThat(under.http.send(request, Duration.ofMillis(200))).isEqualTo(new Late());
    }
  }

  @Test
  void aProxyThatIsDownOrUnknownIsNamed() {
    proxy.close();
    assertThat(under.get("https://right.test/"))
        .isEqualTo(
            new NoTunnel(
                "egress proxy proxy.test:"
                    + proxy.port()
                    + ": cannot connect: connection refused"));
    under.names.clear();
    assertThat(under.get("https://right.test/"))
        .isEqualTo(
            new NoTunnel(
                "egress proxy proxy.test:"
                    + proxy.port()
                    + ": cannot connect: the host name does not resolve"));
  }

  @Test
  void aProxyThatHangsAtOneAddressIsNotWaitedFor() {
    try (var full = FullServer.on("127.0.0.2", proxy.port())) {
      assertThat(full.port()).isEqualTo(proxy.port());
      assertThatItIs(under.post("https://right.test/"), 200, "1");
    }
  }
}
