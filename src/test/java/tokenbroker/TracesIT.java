package tokenbroker;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tokenbroker.testing.Browser;
import tokenbroker.testing.ConnectedSite;

/** Proves which spans the broker sends to a collector, and that they contain no secret. */
class TracesIT {

  private static final String TRACE_ID = "5f0e9c2b7a41d863e0c4b19a7d25f386";
  private static final String NOT_SAMPLED = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String TRACEPARENT = "00-" + TRACE_ID + "-00f067aa0ba902b7-01";

  @RegisterExtension private final ConnectedSite site = new ConnectedSite();

  @Test
  void spansCarryClientAndOutcomeAndNothingSecret() {
    try (var collector = new Collector();
        var broker =
            site.settings()
                .with("quarkus.otel.sdk.disabled", "false")
                .with("quarkus.otel.exporter.otlp.endpoint", collector.url())
                .with("quarkus.otel.bsp.schedule.delay", "200ms")
                .start()) {
      var token = broker.get("/tokens/acme", site.caller(), "Accept", "text/plain").body();
      broker.get("/tokens/acme", site.caller(), "traceparent", TRACEPARENT);
      broker.get(
          "/tokens/acme",
          site.caller(),
          "traceparent",
          "00-" + NOT_SAMPLED + "-00f067aa0ba902b7-00");
      var connection = site.connection(broker, "acme", "alice");
      broker.get("/tokens/acme/connections/" + connection, site.caller());

      await().untilAsserted(() -> assertThat(collector.heard()).contains(connection));
      assertThat(collector.heard())
          .contains("token_broker.client", "acme", "fetched", "nearby")
          .contains(bytes(TRACE_ID))
          .doesNotContain(bytes(NOT_SAMPLED))
          .doesNotContain(token, "tm.alice", "refresh.", "code-of-", "/oauth", "/tokens/");
    }
  }

  @Test
  void withoutTheSettingNothingIsSent() {
    try (var collector = new Collector();
        var broker =
            site.settings()
                .with("quarkus.otel.exporter.otlp.endpoint", collector.url())
                .with("quarkus.otel.bsp.schedule.delay", "10ms")
                .start();
        var browser = new Browser()) {
      broker.get("/tokens/acme", site.caller());
      browser.get(broker.managementUrl("/q/metrics"));
      broker.terminate();
      broker.exitCode();

      assertThat(collector.heard()).isEmpty();
    }
  }

  /** Returns the bytes of a trace id, as they appear in a request to the collector. */
  private static String bytes(String traceId) {
    return new String(HexFormat.of().parseHex(traceId), ISO_8859_1);
  }

  /** A collector that receives OTLP over HTTP and stores the text of each request. */
  private static final class Collector implements AutoCloseable {
    private final Queue<String> bodies = new ConcurrentLinkedQueue<>();
    private final HttpServer server;

    Collector() {
      try {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      server.createContext(
          "/",
          exchange -> {
            bodies.add(new String(exchange.getRequestBody().readAllBytes(), ISO_8859_1));
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
          });
      server.start();
    }

    String url() {
      return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    String heard() {
      return bodies.stream().collect(Collectors.joining());
    }

    @Override
    public void close() {
      server.stop(0);
    }
  }
}
