package tokenbroker.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import tokenbroker.callers.CallerRule;
import tokenbroker.clients.Client;
import tokenbroker.clients.ClientDirectory;
import tokenbroker.clients.ClientDirectory.Entry;
import tokenbroker.clients.ClientLabels;
import tokenbroker.clients.ClientName;
import tokenbroker.clients.Upstream;
import tokenbroker.observability.TraceExemplars;
import tokenbroker.testing.SettableClock;
import tokenbroker.testing.TestConfig;

/** Proves that a client's metrics are removed with the client, even if a request is in progress. */
class RequestMetricsTest {

  private static final ClientName ACME = new ClientName("acme");
  private static final CallerRule RULE = new CallerRule.Subject("test", "someone");

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final ClientDirectory clients = new ClientDirectory();
  private final RequestMetrics metrics =
      new RequestMetrics(
          registry,
          new ClientLabels(clients, TestConfig.defaults(), registry),
          new TraceExemplars(new SettableClock()));

  @Test
  void aRequestThatOutlivesItsClientDoesNotBringItsSeriesBack() {
    configure();
    countAll();
    assertThat(series()).isNotEmpty();
    clients.replaceAll(List.of());
    countAll();

    assertThat(series()).isEmpty();
  }

  @Test
  void aClientThatComesBackIsCountedAnew() {
    configure();
    metrics.answered(ACME, RULE, "nearby", 1, null);
    clients.replaceAll(List.of());
    configure();
    metrics.answered(ACME, RULE, "nearby", 1, null);
    metrics.answered(ACME, RULE, "nearby", 1, null);

    assertThat(registry.get("token_broker.requests").tag("client", "acme").counter().count())
        .isEqualTo(2);
  }

  @Test
  void whileClientsComeAndGoNoSeriesIsLeftOver() throws Exception {
    var over = new AtomicBoolean();
    var counting = new ArrayList<Callable<Void>>();
    for (var i = 0; i < 4; i++) {
      counting.add(
          () -> {
            while (!over.get()) {
              countAll();
            }
            return null;
          });
    }
    try (var threads = Executors.newFixedThreadPool(4)) {
      var counted = counting.stream().map(threads::submit).toList();
      for (var i = 0; i < 2_000; i++) {
        configure();
        clients.replaceAll(List.of());
        assertThat(series()).isEmpty();
      }
      over.set(true);
      for (var each : counted) {
        each.get();
      }
    }
    assertThat(series()).isEmpty();
    configure();
    countAll();
    assertThat(series()).hasSize(2);
  }

  private void countAll() {
    metrics.answered(ACME, RULE, "nearby", 1, null);
    metrics.denied(ACME);
  }

  private void configure() {
    var upstream =
        new Upstream(
            "production",
            URI.create("https://upstream.test"),
            Upstream.RequestStyle.FORM,
            "/oauth/v2/token");
    clients.replaceAll(
        List.of(
            new Entry(new Client(ACME, upstream, "user", List.of(), List.of(RULE), null), null)));
  }

  private List<String> series() {
    return registry.getMeters().stream()
        .filter(meter -> "acme".equals(meter.getId().getTag("client")))
        .map(meter -> meter.getId().getName())
        .toList();
  }
}
