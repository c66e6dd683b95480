package tokenbroker.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tokenbroker.testing.ConnectedSite;
import tokenbroker.testing.MetricsReference;
import tokenbroker.testing.Scrape;

/** Proves in a real Prometheus that the connection metrics in rules and dashboard exist. */
class ConnectionSeriesIT {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @RegisterExtension private static final ConnectedSite SITE = new ConnectedSite();

  @Test
  void eachIsThereWhenAUserHasConnectedAndTakenItBack() {
    Tool.PROMETHEUS.assumeThere();
    SITE.users().givesTokensFor(Duration.ofSeconds(4));
    var broker = SITE.start(SITE.settings());
    try (var prometheus = new RealPrometheus(SITE.directory(), List.of(broker))) {
      var connection = SITE.connection(broker, "acme", "alice");
      SITE.users().revoke("alice");
      await()
          .atMost(PATIENCE)
          .until(() -> SITE.token(broker, "acme", connection).statusCode() == 409);

      assertThat(AlertRules.selectorsOfConnections()).hasSizeGreaterThan(4);
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(AlertRules.selectorsOfConnections())
                      .filteredOn(selector -> prometheus.query(selector).isEmpty())
                      .as("selectors without a series")
                      .isEmpty());
      assertThat(prometheus.everFired()).isEmpty();
      new Scrape(broker.metrics()).assertDescribedBy(MetricsReference.read());
      assertThat(broker.metrics())
          .contains("token_broker_requests_total{", "outcome=\"reconnect_required\"")
          .doesNotContain("outcome=\"rejected\"");
    }
  }
}
