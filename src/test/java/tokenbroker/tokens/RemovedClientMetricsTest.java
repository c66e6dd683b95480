package tokenbroker.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static tokenbroker.tokens.Replica.client;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tokenbroker.clients.ClientDirectory.Entry;
import tokenbroker.memory.MemoryTokenStore;
import tokenbroker.testing.SettableClock;

/** Proves that work in progress does not recreate the metrics of a removed client. */
class RemovedClientMetricsTest {

  private final SettableClock clock = new SettableClock();
  private final FakeTokenSource upstream = new FakeTokenSource(clock);
  private final Replica replica =
      new Replica("a", upstream, new MemoryTokenStore(clock.clocks()), clock);

  @BeforeEach
  void serveAndRemove() {
    replica.clients.replaceAll(List.of(new Entry(client("acme"), null)));
    replica.get(client("acme"));
    assertThat(series()).isNotEmpty();
    replica.clients.replaceAll(List.of());
    assertThat(series()).isEmpty();
  }

  @Test
  void aFetchThatEndsLateDoesNotBringItsSeriesBack() {
    clock.advance(Duration.ofHours(2));
    replica.get(client("acme"));

    assertThat(upstream.fetches()).isEqualTo(2);
    assertThat(series()).isEmpty();
  }

  @Test
  void aReportThatComesLateDoesNotBringItsSeriesBack() {
    var dead = replica.token(client("acme")).id();
    replica.invalidate(client("acme"), dead, Replica.WAIT);

    assertThat(series()).isEmpty();
  }

  @Test
  void aClientThatComesBackHasItsSeriesAgain() {
    replica.clients.replaceAll(List.of(new Entry(client("acme"), null)));
    clock.advance(Duration.ofHours(2));
    replica.get(client("acme"));

    assertThat(series()).contains("token_broker.refresh", "token_broker.runway");
  }

  private List<String> series() {
    return replica.registry.getMeters().stream()
        .filter(meter -> "acme".equals(meter.getId().getTag("client")))
        .map(meter -> meter.getId().getName())
        .toList();
  }
}
