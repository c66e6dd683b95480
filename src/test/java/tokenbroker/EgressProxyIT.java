package tokenbroker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tokenbroker.testing.BrokerProcess;
import tokenbroker.testing.Certificate;
import tokenbroker.testing.Clients;
import tokenbroker.testing.ConnectProxy;
import tokenbroker.testing.RawServer;
import tokenbroker.testing.Site;

/** Proves that the broker reaches an upstream with a certificate of its own through a proxy. */
@SuppressWarnings("NullAway.Init")
class EgressProxyIT {

  private static final String HOST = "trackmage.test";

  @RegisterExtension
  private final Site site = new Site().inMemory().with("broker.upstream.backoff", "100ms");

  private final AtomicInteger serial = new AtomicInteger();
  private Certificate certificate;
  private RawServer upstream;
  private ConnectProxy proxy;

  @BeforeEach
  void start() {
    certificate = Certificate.in(site.directory(), "dns:" + HOST);
    certificate.writePem(site.directory().resolve("upstream"));
    upstream =
        RawServer.on(certificate.servers(), "127.0.0.1", 0)
            .script(
                line -> {
                  while (true) {
                    line.request();
                    line.answer(
                        200,
                        "{\"access_token\":\"tm.%d\",\"expires_in\":3600,\"token_type\":\"bearer\"}"
                            .formatted(serial.incrementAndGet()));
                  }
                });
    proxy = proxyOn(0);
    Clients.write(site.files(), "https://" + HOST, 3);
    credentials("broker:first-secret");
  }

  private ConnectProxy proxyOn(int port) {
    return ConnectProxy.startOn(port)
        .allow(HOST + ":443", upstream.port())
        .require("broker:first-secret");
  }

  private void credentials(String content) {
    site.files().write("proxy", content + "\n");
  }

  private BrokerProcess.Settings settings() {
    return site.settings()
        .with("broker.upstream.proxy", proxy.url())
        .with("broker.upstream.proxy-credentials-file", site.directory().resolve("proxy"))
        .with("broker.upstream.ca-file", site.directory().resolve("upstream/tls.crt"));
  }

  @AfterEach
  void close() {
    proxy.close();
    upstream.close();
  }

  private int status(BrokerProcess broker, int client) {
    return broker.get("/tokens/client-" + client, site.caller()).statusCode();
  }

  @Test
  void tokensComeThroughTheProxyAndALiveOneOutlivesIt() {
    var broker = site.start(settings());
    assertThat(status(broker, 0)).isEqualTo(200);
    assertThat(proxy.tunnels()).containsExactly(HOST + ":443");
    assertThat(upstream.heads()).noneMatch(head -> head.contains("Proxy-Authorization"));

    proxy.close();
    var cold = broker.get("/tokens/client-1", site.caller());
    assertThat(cold.statusCode()).isEqualTo(503);
    assertThat(cold.body()).contains("\"upstream_unavailable\"").doesNotContain("127.0.0.1");
    assertThat(status(broker, 0)).isEqualTo(200);
    var reason = "egress proxy 127.0.0.1:" + proxy.port() + ": cannot connect: connection refused";
    assertThat(broker.get("/clients", site.caller()).body())
        .contains("\"reason\":\"connect\"", "\"detail\":\"" + reason + "\"");
    broker.awaitOutput("No token could be fetched for client-1: connect (" + reason + ")");
    assertThat(
            broker.metric(
                "token_broker_upstream_requests_total{client=\"client-1\",result=\"connect\""))
        .isPositive();

    proxy = proxyOn(proxy.port());
    await().until(() -> status(broker, 1) == 200);
    assertThatNoCredentialIsIn(site.outputOf(broker));
  }

  @Test
  void changedCredentialsNeedNoRestart() {
    credentials("broker:wrong-secret");
    var broker = site.start(settings());
    assertThat(status(broker, 0)).isEqualTo(503);
    broker.awaitOutput("responded 407 to CONNECT " + HOST + ":443", "proxy-credentials-file");

    credentials("broker:first-secret");
    await().until(() -> status(broker, 0) == 200);
    assertThatNoCredentialIsIn(site.outputOf(broker));
  }

  @Test
  void aChangedCaFileNeedsNoRestart() throws IOException {
    var trusted = site.directory().resolve("ca.pem");
    var other = Files.createDirectory(site.directory().resolve("other"));
    Certificate.in(other, "dns:" + HOST).writePem(other);
    Files.copy(other.resolve("tls.crt"), trusted);
    var broker = site.start(settings().with("broker.upstream.ca-file", trusted));
    assertThat(status(broker, 0)).isEqualTo(503);
    broker.awaitOutput(HOST + ": TLS failed");

    site.files().write("ca.pem", Files.readString(site.directory().resolve("upstream/tls.crt")));
    await().until(() -> status(broker, 0) == 200);
  }

  @Test
  void faultyFilesStopTheStartTogether() {
    credentials("no-colon-first-secret");
    var broker =
        settings().with("broker.upstream.ca-file", site.directory().resolve("proxy")).launch();
    try (broker) {
      assertThat(broker.exitCode()).isNotZero();
      assertThat(broker.output())
          .contains(
              "broker.upstream.proxy-credentials-file: ", "one line of the form user:password")
          .contains("broker.upstream.ca-file: the CA file", "contains no certificate")
          .doesNotContain("first-secret");
    }
  }

  private static void assertThatNoCredentialIsIn(String output) {
    var encoded = Base64.getEncoder().encodeToString("broker:first-secret".getBytes(UTF_8));
    assertThat(output).doesNotContain("first-secret").doesNotContain(encoded);
  }
}
