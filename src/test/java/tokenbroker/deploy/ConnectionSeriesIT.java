package tokenbroker.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tokenbroker.testing.ConnectedSite;

/** What rules and dashboard select of connections, in a real Prometheus. */
class ConnectionSeriesIT {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir Path directory;

  @Test
  void eachIsThereWhenAUserHasConnectedAndTakenItBack() {
    Tool.PROMETHEUS.assumeThere();
    try (var site = new ConnectedSite(directory)) {
      site.users.givesTokensFor(Duration.ofSeconds(4));
      var broker = site.start();
      try (var prometheus = new RealPrometheus(directory, List.of(broker))) {
        var connection = site.connection(broker, "acme", "alice");
        site.users.revoke("alice");
        await()
            .atMost(PATIENCE)
            .until(() -> site.token(broker, "acme", connection).statusCode() == 409);

        assertThat(AlertRules.selectorsOfConnections()).hasSizeGreaterThan(4);
        await()
            .atMost(PATIENCE)
            .untilAsserted(
                () ->
                    assertThat(AlertRules.selectorsOfConnections())
                        .filteredOn(selector -> prometheus.query(selector).isEmpty())
                        .as("selectors that find nothing")
                        .isEmpty());
        assertThat(prometheus.everFired()).isEmpty();
        assertThat(broker.metrics())
            .contains("token_broker_requests_total{", "outcome=\"reconnect_required\"")
            .doesNotContain("outcome=\"rejected\"");
      }
    }
  }
}
