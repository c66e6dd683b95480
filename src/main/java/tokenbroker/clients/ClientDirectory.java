package tokenbroker.clients;

import jakarta.enterprise.context.ApplicationScoped;
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
 * The clients as they are now. A reload replaces them as a whole, so that nobody sees half of it;
 * in between, a client may get new credentials for itself. Reading takes no lock.
 */
@ApplicationScoped
public class ClientDirectory implements NamedGroups {

  private final List<Consumer<ClientName>> removedListeners = new CopyOnWriteArrayList<>();
  private final List<BiConsumer<Client, Client>> changedListeners = new CopyOnWriteArrayList<>();
  private final List<Consumer<List<Client>>> replacedListeners = new CopyOnWriteArrayList<>();

  /** Null before the first right clients file. The map is never changed once it is here. */
  private volatile @Nullable Map<ClientName, AtomicReference<Entry>> snapshot;

  private volatile Set<CallerRule.Group> namedGroups = Set.of();

  /** A client, and what is wrong with its secrets; null where nothing is. */
  public record Entry(Client client, @Nullable CredentialsFault problem) {}

  public Optional<Client> find(ClientName name) {
    var entry = entry(name);
    return entry == null ? Optional.empty() : Optional.of(entry.client());
  }

  /** What is wrong with the client's secrets; empty where nothing is. */
  public Optional<CredentialsFault> problem(ClientName name) {
    var entry = entry(name);
    return entry == null ? Optional.empty() : Optional.ofNullable(entry.problem());
  }

  /** In the order of the clients file. */
  public List<Client> all() {
    return entries().stream().map(Entry::client).toList();
  }

  /** In the order of the clients file. */
  public List<Entry> entries() {
    return places().values().stream().map(AtomicReference::get).toList();
  }

  public int size() {
    return places().size();
  }

  /** Whether a right clients file has been read since the start. */
  public boolean isLoaded() {
    return snapshot != null;
  }

  @Override
  public Set<CallerRule.Group> namedGroups() {
    return namedGroups;
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
   * Tells that there are other clients now, with those that there were, after each of them was told
   * of. The listener runs on the reloading thread and must be quick.
   */
  public void onReplaced(Consumer<List<Client>> listener) {
    replacedListeners.add(listener);
  }

  /** Replaces everything. One thread at a time. */
  public void replaceAll(Collection<Entry> entries) {
    var now = LinkedHashMap.<ClientName, AtomicReference<Entry>>newLinkedHashMap(entries.size());
    entries.forEach(entry -> now.put(entry.client().name(), new AtomicReference<>(entry)));
    var before = all();
    nameGroups(entries); // Ahead of the rules, so that whom they let in is known with its groups.
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

  /** Replaces one client that is there. One thread at a time. */
  public void replace(Entry entry) {
    var client = entry.client();
    var place = places().get(client.name());
    if (place == null) {
      throw new IllegalArgumentException("there is no client " + client.name());
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
