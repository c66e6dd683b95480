package tokenbroker.observability;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tokenbroker.clients.Client;
import tokenbroker.clients.ClientDirectory;
import tokenbroker.clients.ClientDirectory.Entry;
import tokenbroker.clients.ClientName;
import tokenbroker.clients.Upstream;
import tokenbroker.testing.SettableClock;
import tokenbroker.tokens.UpstreamHealth.State;

class UpstreamsHealthTest {

  private final SettableClock clock = new SettableClock();
  private final ClientDirectory clients = new ClientDirectory();
  private final Map<String, State> states = new HashMap<>();
  private final UpstreamsHealth health =
      new UpstreamsHealth(
          clients, upstream -> Optional.ofNullable(states.get(upstream.name())), clock);

  private static Entry client(String name, String upstream, String url) {
    var used =
        new Upstream(upstream, URI.create(url), Upstream.RequestStyle.FORM, "/oauth/v2/token");
    return new Entry(
        new Client(new ClientName(name), used, null, List.of(), List.of(), null), null);
  }

  @Test
  void eachUpstreamIsNamedOnceWithItsServerAndState() {
    clients.replaceAll(
        List.of(
            client("a", "new", "https://new.test/base"),
            client("b", "up", "https://up.test:8443"),
            client("c", "up", "https://up.test:8443"),
            client("d", "shaky", "https://shaky.test"),
            client("e", "down", "https://down.test")));
    states.put("up", new State(0, null));
    states.put("shaky", new State(1, null));
    states.put("down", new State(10, Duration.ofMillis(500)));

    assertThat(health.data())
        .isEqualTo(
            Map.of(
                "upstream-new", "new.test: not used yet",
                "upstream-up", "up.test:8443: up",
                "upstream-shaky", "shaky.test: failing for 1 account",
                "upstream-down", "down.test: breaker open until 2026-11-23T12:00:00.500Z"));
  }

  @Test
  void ofManyUpstreamsThoseThatFailAreNamed() {
    clients.replaceAll(
        IntStream.range(0, 30)
            .mapToObj(i -> client("c" + i, "u" + i, "https://u" + i + ".test"))
            .toList());
    states.put("u29", new State(3, null));

    assertThat(health.data())
        .hasSize(21)
        .containsEntry("upstream-u29", "u29.test: failing for 3 accounts")
        .containsEntry("upstreams-left-out", "10");
  }
}
