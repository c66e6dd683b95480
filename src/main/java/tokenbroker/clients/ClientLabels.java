package tokenbroker.clients;

import jakarta.inject.Singleton;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import tokenbroker.config.BrokerConfig;

/**
 * What metrics say as {@code client}: the name, or, where there are more clients than may have
 * series of their own, {@link #ALL} for every one. A process could not hold a million series, nor
 * would Prometheus like them.
 */
@Singleton
public final class ClientLabels {

  /** No client can have this name. */
  public static final String ALL = "*";

  private final ClientDirectory clients;
  private final int most;
  private final List<Consumer<ClientName>> endedListeners = new CopyOnWriteArrayList<>();

  public ClientLabels(ClientDirectory clients, BrokerConfig config) {
    this.clients = clients;
    this.most = config.metrics().clients();
    clients.onRemoved(this::end);
    clients.onReplaced(this::endIfMany);
  }

  public String of(ClientName client) {
    return isShared() ? ALL : client.value();
  }

  /** Whether all clients have one label. */
  public boolean isShared() {
    return clients.size() > most;
  }

  /** Tells of each client whose own series end: it is gone, or there are too many now. */
  public void onEnded(Consumer<ClientName> listener) {
    endedListeners.add(listener);
  }

  private void endIfMany(List<Client> before) {
    if (before.size() <= most && isShared()) {
      before.forEach(client -> end(client.name()));
    }
  }

  private void end(ClientName client) {
    endedListeners.forEach(listener -> listener.accept(client));
  }
}
