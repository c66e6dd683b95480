package tokenbroker.clients;

import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import tokenbroker.config.BrokerConfig;

/**
 * The values of the metric label {@code client}. It is the client's name, or {@link #ALL} for every
 * client if there are more clients than may have their own series. A process could not hold a
 * million series, nor could Prometheus handle them well.
 */
@Singleton
public final class ClientLabels {

  /** The label that all clients share. No client can have this name. */
  public static final String ALL = "*";

  private final ClientDirectory clients;
  private final MeterRegistry registry;
  private final int most;
  private final List<Consumer<ClientName>> endedListeners = new CopyOnWriteArrayList<>();

  /** Held for reading while series change, and for writing while a client's series end. */
  private final ReadWriteLock lock = new ReentrantReadWriteLock();

  public ClientLabels(ClientDirectory clients, BrokerConfig config, MeterRegistry registry) {
    this.clients = clients;
    this.registry = registry;
    this.most = config.metrics().clients();
    clients.onRemoved(this::end);
    clients.onReplaced(this::endIfMany);
  }

  public String of(ClientName client) {
    return isShared() ? ALL : client.value();
  }

  /**
   * Runs a change that may register series with the client's label, unless the client is gone. A
   * change and the end of a client's series exclude each other. So a request that outlives its
   * client does not bring the series back.
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

  /**
   * Returns whether series may have the client's label. It takes no lock, so the client's series
   * may be about to end.
   */
  public boolean has(ClientName client) {
    return isShared() || clients.find(client).isPresent();
  }

  /** Returns whether all clients share one label. */
  public boolean isShared() {
    return clients.size() > most;
  }

  /**
   * Registers a listener for clients whose own series end: the client is gone, or there are too
   * many clients now. All meters with the client's label are removed from the registry afterwards,
   * so a listener only has to forget what it remembers of them. It never runs at the same time as a
   * {@link #change}.
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
      registry.getMeters().stream()
          .filter(meter -> client.value().equals(meter.getId().getTag("client")))
          .forEach(registry::remove);
    } finally {
      lock.writeLock().unlock();
    }
  }
}
