package tokenbroker.clients;

import jakarta.inject.Singleton;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
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

  /** Held for reading while series change, and for writing while those of a client end. */
  private final ReadWriteLock lock = new ReentrantReadWriteLock();

  public ClientLabels(ClientDirectory clients, BrokerConfig config) {
    this.clients = clients;
    this.most = config.metrics().clients();
    clients.onRemoved(this::end);
    clients.onReplaced(this::endIfMany);
  }

  public String of(ClientName client) {
    return isShared() ? ALL : client.value();
  }

  /**
   * Runs a change that may register series with the client's label; skips it if the client is gone.
   * A change and an end exclude each other, so a request that outlives its client does not bring
   * the client's series back.
   */
  public void change(ClientName client, Consumer<String> series) {
    lock.readLock().lock();
    try {
      if (isShared()) {
        series.accept(ALL);
      } else if (has(client)) {
        series.accept(client.value());
      }
    } finally {
      lock.readLock().unlock();
    }
  }

  /** Whether series may have the client's label. Takes no lock: an end may be on its way. */
  public boolean has(ClientName client) {
    return isShared() || clients.find(client).isPresent();
  }

  /** Whether all clients have one label. */
  public boolean isShared() {
    return clients.size() > most;
  }

  /**
   * Tells of each client whose own series end: it is gone, or there are too many now. The listener
   * runs while no {@link #change} does.
   */
  public void onEnded(Consumer<ClientName> listener) {
    endedListeners.add(listener);
  }

  private void endIfMany(List<Client> before) {
    if (before.size() <= most && isShared()) {
      before.forEach(client -> end(client.name()));
    }
  }

  private void end(ClientName client) {
    lock.writeLock().lock();
    try {
      endedListeners.forEach(listener -> listener.accept(client));
    } finally {
      lock.writeLock().unlock();
    }
  }
}
