package tokenbroker.clients;

import jakarta.inject.Singleton;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tokenbroker.callers.CallerRule;
import tokenbroker.callers.NamedGroups;

/**
 * The current clients. A reload replaces all of them at once, so that no reader sees half of it.
 * Between reloads, a single client may get new credentials. Reads take no lock.
 */
@Singleton
public class ClientDirectory implements NamedGroups {

  private final List<Consumer<ClientName>> removedListeners = new CopyOnWriteArrayList<>();
  private final List<BiConsumer<Client, Client>> changedListeners = new CopyOnWriteArrayList<>();
  private final List<Consumer<List<Client>>> replacedListeners = new CopyOnWriteArrayList<>();

  /**
   * Null before the first valid clients file. The map is never changed after it is assigned here.
   */
  private volatile @Nullable Map<ClientName, AtomicReference<Entry>> snapshot;

  private volatile Set<CallerRule.Group> namedGroups = Set.of();

  /** A client, and the fault of its secrets; null if they have none. */
  public record Entry(Client client, @Nullable CredentialsFault problem) {}

  public Optional<Client> find(ClientName name) {
    var entry = entry(name);
    return entry == null ? Optional.empty() : Optional.of(entry.client());
  }

  /** Returns the fault of the client's secrets, or empty if they have none. */
  public Optional<CredentialsFault> problem(ClientName name) {
    var entry = entry(name);
    return entry == null ? Optional.empty() : Optional.ofNullable(entry.problem());
  }

  /** Returns the clients in the order of the clients file. */
  public List<Client> all() {
    return entries().stream().map(Entry::client).toList();
  }

  /** Returns the entries in the order of the clients file. */
  public List<Entry> entries() {
    return places().values().stream().map(AtomicReference::get).toList();
  }

  public int size() {
    return places().size();
  }

  /** Returns whether the broker has read a valid clients file since its start. */
  public boolean isLoaded() {
    return snapshot != null;
  }

  @Override
  public Set<CallerRule.Group> namedGroups() {
    return namedGroups;
  }

  /**
   * Registers a listener for removed clients. It is called once the client can no longer be found.
   * It runs on the reloading thread and must be quick.
   */
  public void onRemoved(Consumer<ClientName> listener) {
    removedListeners.add(listener);
  }

  /**
   * Registers a listener for changed clients. It receives the former client, then the current one,
   * which can already be found. It runs on the reloading thread and must be quick.
   */
  public void onChanged(BiConsumer<Client, Client> listener) {
    changedListeners.add(listener);
  }

  /**
   * Registers a listener for replacements of all clients. It receives the former clients, after the
   * listeners for single clients were called. It runs on the reloading thread and must be quick.
   */
  public void onReplaced(Consumer<List<Client>> listener) {
    replacedListeners.add(listener);
  }

  /** Replaces all clients. Only one thread may call it at a time. */
  public void replaceAll(Collection<Entry> entries) {
    var now = LinkedHashMap.<ClientName, AtomicReference<Entry>>newLinkedHashMap(entries.size());
    entries.forEach(entry -> now.put(entry.client().name(), new AtomicReference<>(entry)));
    var before = all();
    nameGroups(entries); // First, so that callers admitted by the new rules keep their groups.
    snapshot = now;
    before.forEach(client -> tell(client, find(client.name()).orElse(null)));
    replacedListeners.forEach(listener -> listener.accept(before));
  }

  private void nameGroups(Collection<Entry> entries) {
    var named =
        entries.stream()
            .flatMap(entry -> entry.client().callers().stream())
            .filter(CallerRule.Group.class::isInstance)
            .map(CallerRule.Group.class::cast)
            .collect(Collectors.toUnmodifiableSet());
    if (!namedGroups.containsAll(named)) {
      namedGroups = named;
    }
  }

  /** Replaces one existing client. Only one thread may call it at a time. */
  public void replace(Entry entry) {
    var client = entry.client();
    var place = places().get(client.name());
    if (place == null) {
      throw new IllegalArgumentException("the client " + client.name() + " does not exist");
    }
    tell(place.getAndSet(entry).client(), client);
  }

  private void tell(Client before, @Nullable Client now) {
    if (now == null) {
      removedListeners.forEach(listener -> listener.accept(before.name()));
    } else if (!now.equals(before)) {
      changedListeners.forEach(listener -> listener.accept(before, now));
    }
  }

  private @Nullable Entry entry(ClientName name) {
    var place = places().get(name);
    return place == null ? null : place.get();
  }

  private Map<ClientName, AtomicReference<Entry>> places() {
    var places = snapshot;
    return places == null ? Map.of() : places;
  }
}
