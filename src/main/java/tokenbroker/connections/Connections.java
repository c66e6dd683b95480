package tokenbroker.connections;

import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.Map;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import tokenbroker.clients.ClientDirectory;
import tokenbroker.clients.ClientName;
import tokenbroker.config.BrokerConfig;
import tokenbroker.connections.ConnectionStore.ConnectionCounts;
import tokenbroker.connections.ConnectionStore.ConnectionPage;
import tokenbroker.connections.ConnectionStore.Durability;
import tokenbroker.connections.ConnectionStore.Eviction;
import tokenbroker.observability.Requester;
import tokenbroker.tokens.ConnectionId;
import tokenbroker.tokens.StoreUnavailable;
import tokenbroker.tokens.TokenBroker;
import tokenbroker.tokens.TokenOwner;

/** The existing connections. Each method blocks for a bounded time. */
@Singleton
public class Connections {

  private static final Logger LOG = Logger.getLogger(Connections.class);

  private final ConnectionStore store;
  private final RefreshTokenSource source;
  private final TokenBroker broker;
  private final ClientDirectory clients;
  private final ConnectionEvents records;
  private final boolean on;
  private volatile Durability durability = Durability.UNKNOWN;
  private volatile Eviction eviction = Eviction.UNKNOWN;
  private volatile ConnectionCounts total = new ConnectionCounts(0, 0, 0);

  Connections(
      ConnectionStore store,
      RefreshTokenSource source,
      TokenBroker broker,
      ClientDirectory clients,
      ConnectionEvents records,
      BrokerConfig config) {
    this.store = store;
    this.source = source;
    this.broker = broker;
    this.clients = clients;
    this.records = records;
    this.on = config.connections().publicUrl().isPresent();
    records.watchWaiting(source::waiting);
    source.onLate(broker::serve);
  }

  /** Returns connections in the order of their ids, after the last id of the previous page. */
  public ConnectionPage page(ClientName client, @Nullable ConnectionId after, int limit) {
    return store.page(client, after, limit);
  }

  /** Removes a connection everywhere. Returns false if it did not exist. */
  public boolean remove(TokenOwner owner, Requester by) {
    var removed = store.remove(owner);
    broker.forget(owner);
    if (removed) {
      records.removed(by, owner);
    }
    return removed;
  }

  /** Offers the store again what it could not take before. Called each second. */
  public void settle() {
    source.settle();
  }

  /** Finishes renewals before the process ends. Each of them has used up a refresh token. */
  public void end() {
    source.finish();
    settle();
  }

  /** Counts the connections and asks the store whether it keeps data. Called periodically. */
  public void takeStock() {
    if (!on) {
      return;
    }
    var counts = new HashMap<ClientName, ConnectionCounts>();
    try {
      for (var client : clients.all()) {
        if (!client.returnTo().isEmpty()) {
          counts.put(client.name(), store.count(client.name()));
        }
      }
      records.count(Map.copyOf(counts));
      total =
          counts.values().stream().reduce(new ConnectionCounts(0, 0, 0), ConnectionCounts::plus);
      tell(store.durability(), store.eviction());
    } catch (StoreUnavailable e) {
      LOG.debugf("Connections could not be counted: %s", e.getMessage());
    }
  }

  /** Returns whether users can connect accounts. */
  public boolean isOn() {
    return on;
  }

  /** Returns the counts of all clients, as of the last {@link #takeStock}. */
  public ConnectionCounts total() {
    return total;
  }

  public Durability durability() {
    return durability;
  }

  public Eviction eviction() {
    return eviction;
  }

  /** Returns how many refresh tokens only this process holds. */
  public int waiting() {
    return source.waiting();
  }

  private void tell(Durability durabilityNow, Eviction evictionNow) {
    if (durabilityNow == Durability.VOLATILE && durability != Durability.VOLATILE) {
      LOG.warn(
          "Redis keeps connections in memory only, so a restart of Redis loses them all. Set appendonly"
              + " yes.");
    }
    if (evictionNow == Eviction.POSSIBLE && eviction != Eviction.POSSIBLE) {
      LOG.warn(
          "Redis deletes data when its memory is full, which can end connections. Set"
              + " maxmemory-policy noeviction.");
    }
    durability = durabilityNow;
    eviction = evictionNow;
  }
}
