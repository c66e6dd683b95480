package tokenbroker.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static tokenbroker.tokens.Replica.client;

import io.micrometer.core.instrument.Meter;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tokenbroker.clients.Client;
import tokenbroker.clients.ClientDirectory.Entry;
import tokenbroker.memory.MemoryTokenStore;
import tokenbroker.testing.SettableClock;
import tokenbroker.testing.TestConfig;

/** Proves that above the limit of clients, totals replace the metrics of single clients. */
class ManyClientsMetricsTest {

  private final SettableClock clock = new SettableClock();
  private final FakeTokenSource upstream = new FakeTokenSource(clock);
  private final Replica replica =
      new Replica(
          "a",
          upstream,
          new MemoryTokenStore(clock.clocks()),
          clock,
          TestConfig.with("broker.metrics.clients", "2"));

  @Test
  void upToTheLimitEachHasItsOwn() {
    configured("acme", "bolt");
    serve("acme", "bolt");

    assertThat(labels("token_broker.runway")).containsExactlyInAnyOrder("acme", "bolt");
    assertThat(labels("token_broker.refresh")).containsExactlyInAnyOrder("acme", "bolt");
  }

  @Test
  void beyondItThereIsTheSumAndTheWorst() {
    configured("acme", "bolt", "coil");
    upstream.givesTokensFor(Duration.ofHours(2));
    serve("acme");
    upstream.givesTokensFor(Duration.ofHours(1));
    serve("bolt", "coil");

    assertThat(labels("token_broker.runway")).containsExactly("*");
    assertThat(replica.registry.get("token_broker.runway").gauge().value()).isEqualTo(3600 - 30);
    assertThat(replica.registry.get("token_broker.refresh").counter().count()).isEqualTo(3);
  }

  @Test
  void crossingTheLimitLeavesNoStaleSeriesBehind() {
    configured("acme", "bolt");
    serve("acme", "bolt");
    configured("acme", "bolt", "coil");
    serve("coil");

    assertThat(labels("token_broker.runway")).containsExactly("*");
    assertThat(labels("token_broker.refresh")).containsExactly("*");
  }

  @Test
  void aClientHasItsOwnSeriesAgainBelowTheLimit() {
    configured("acme", "bolt", "coil");
    serve("acme");
    configured("acme");
    replica.refreshAhead.tick();
    clock.advance(Duration.ofHours(1));
    serve("acme");

    assertThat(labels("token_broker.runway")).containsExactly("acme");
  }

  private void configured(String... names) {
    replica.clients.replaceAll(
        Stream.of(names).map(name -> new Entry(client(name), null)).toList());
  }

  private void serve(String... names) {
    Stream.of(names).map(Replica::client).forEach(this::serve);
    replica.refreshAhead.tick();
  }

  private void serve(Client client) {
    replica.get(client);
  }

  private List<String> labels(String meter) {
    return replica.registry.find(meter).meters().stream()
        .map(Meter::getId)
        .map(id -> String.valueOf(id.getTag("client")))
        .toList();
  }
}
