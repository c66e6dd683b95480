package tokenbroker.clients.reload;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tokenbroker.clients.Client;
import tokenbroker.clients.ClientCredentials;
import tokenbroker.clients.ClientLabels;
import tokenbroker.clients.ClientName;

/** The metrics of clients and their credentials. Not thread-safe. */
final class ClientsMetrics {

  private final MeterRegistry registry;
  private final ClientLabels labels;
  private final Counter applied;
  private final Counter rejected;
  private final Map<ClientName, Shown> shown = new HashMap<>();

  private record Shown(String version, Meter gauge) {}

  ClientsMetrics(MeterRegistry registry, ClientLabels labels) {
    this.registry = registry;
    this.labels = labels;
    this.applied = reloads("applied");
    this.rejected = reloads("rejected");
    labels.onEnded(this::ended);
  }

  private Counter reloads(String result) {
    return Counter.builder("token_broker.config.reload")
        .description("Changes of the clients file or the secrets, by result")
        .tag("result", result)
        .register(registry);
  }

  void changeApplied() {
    applied.increment();
  }

  void changeRejected() {
    rejected.increment();
  }

  /** Shows the version of the credentials in use. Each client has one series, for that version. */
  void inUse(Client client) {
    if (labels.isShared()) {
      return;
    }
    var version = client.credentials().map(ClientCredentials::version).orElse(null);
    shown.compute(client.name(), (name, before) -> replace(name, before, version));
  }

  private void ended(ClientName client) {
    shown.computeIfPresent(client, (name, before) -> replace(name, before, null));
  }

  private @Nullable Shown replace(
      ClientName client, @Nullable Shown before, @Nullable String version) {
    if (before != null && before.version().equals(version)) {
      return before;
    }
    if (before != null) {
      registry.remove(before.gauge());
    }
    return version == null ? null : new Shown(version, gauge(client, version));
  }

  private Gauge gauge(ClientName client, String version) {
    return Gauge.builder("token_broker.client.credentials.info", () -> 1)
        .description("The credentials in use; the version is a short keyed hash")
        .tag("client", client.value())
        .tag("version", version)
        .register(registry);
  }
}
