package tokenbroker.clients;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The clients as they are now: an immutable snapshot, replaced as a whole. Reading takes no lock.
 */
@ApplicationScoped
public class ClientDirectory {

  /** Neither map is changed any more once it is here. */
  private record Snapshot(
      boolean loaded,
      Map<ClientName, Client> clients,
      Map<ClientName, CredentialsFault> problems) {}

  private final List<Consumer<ClientName>> removedListeners = new CopyOnWriteArrayList<>();
  private final List<BiConsumer<Client, Client>> changedListeners = new CopyOnWriteArrayList<>();
  private volatile Snapshot snapshot = new Snapshot(false, Map.of(), Map.of());

  public Optional<Client> find(ClientName name) {
    return Optional.ofNullable(snapshot.clients().get(name));
  }

  /** In the order of the clients file. */
  public Collection<Client> all() {
    return Collections.unmodifiableCollection(snapshot.clients().values());
  }

  /** What is wrong with the client's secrets; empty where nothing is. */
  public Optional<CredentialsFault> problem(ClientName name) {
    return Optional.ofNullable(snapshot.problems().get(name));
  }

  /** Whether a right clients file has been read since the start. */
  public boolean isLoaded() {
    return snapshot.loaded();
  }

  /**
   * Tells of each client that is gone, when it can no longer be found. The listener runs on the
   * reloading thread and must be quick.
   */
  public void onRemoved(Consumer<ClientName> listener) {
    removedListeners.add(listener);
  }

  /**
   * Tells of each client that was there and is there still, yet different: first as it was, then as
   * it now can be found. The listener runs on the reloading thread and must be quick.
   */
  public void onChanged(BiConsumer<Client, Client> listener) {
    changedListeners.add(listener);
  }

  /**
   * Replaces everything. One thread at a time.
   *
   * @return whether any client is different now
   */
  public boolean replaceAll(
      Collection<Client> clients, Map<ClientName, CredentialsFault> problems) {
    var before = snapshot;
    var same = before.loaded() && areIn(before, clients);
    if (same && before.problems().equals(problems)) {
      return false;
    }
    var byName = LinkedHashMap.<ClientName, Client>newLinkedHashMap(clients.size());
    clients.forEach(client -> byName.put(client.name(), client));
    snapshot = new Snapshot(true, byName, Map.copyOf(problems));
    before.clients().values().forEach(client -> tell(client, byName.get(client.name())));
    return !same;
  }

  private static boolean areIn(Snapshot snapshot, Collection<Client> clients) {
    return clients.size() == snapshot.clients().size()
        && clients.stream()
            .allMatch(client -> client.equals(snapshot.clients().get(client.name())));
  }

  /** Replaces one client that is there. One thread at a time. */
  void replace(Client client, @Nullable CredentialsFault problem) {
    var clients = new LinkedHashMap<>(snapshot.clients());
    var before = clients.put(client.name(), client);
    var problems = new HashMap<>(snapshot.problems());
    if (problem == null) {
      problems.remove(client.name());
    } else {
      problems.put(client.name(), problem);
    }
    snapshot = new Snapshot(true, clients, problems);
    if (before != null) {
      tell(before, client);
    }
  }

  private void tell(Client before, @Nullable Client now) {
    if (now == null) {
      removedListeners.forEach(listener -> listener.accept(before.name()));
    } else if (!now.equals(before)) {
      changedListeners.forEach(listener -> listener.accept(before, now));
    }
  }
}
