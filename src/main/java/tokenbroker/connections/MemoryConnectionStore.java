package tokenbroker.connections;

import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tokenbroker.clients.ClientName;
import tokenbroker.connections.Connection.State;
import tokenbroker.tokens.Account;
import tokenbroker.tokens.ConnectionId;
import tokenbroker.tokens.RefreshToken;

/** Connections of one process, which end with it: for development. */
public final class MemoryConnectionStore implements ConnectionStore {

  private final Map<ClientName, NavigableMap<String, Held>> clients = new TreeMap<>();

  @Override
  public synchronized void put(ClientName client, Connection connection, RefreshToken token) {
    of(client).put(connection.id().value(), new Held(connection, token, newRevision()));
  }

  @Override
  public synchronized Optional<Held> find(Account account) {
    return Optional.ofNullable(of(account.client()).get(id(account)));
  }

  @Override
  public synchronized boolean rotate(Account account, String seen, Rotation next) {
    return change(
        account,
        seen,
        held ->
            new Held(
                held.connection().until(next.expiresAt()),
                new RefreshToken(next.sealed()),
                newRevision()));
  }

  @Override
  public synchronized boolean end(Account account, String seen) {
    return change(
        account,
        seen,
        held ->
            new Held(
                held.connection().in(State.RECONNECT_REQUIRED),
                held.refreshToken(),
                held.revision()));
  }

  @Override
  public synchronized boolean remove(Account account) {
    return of(account.client()).remove(id(account)) != null;
  }

  @Override
  public synchronized Page page(ClientName client, @Nullable ConnectionId after, int limit) {
    var rest = after == null ? of(client) : of(client).tailMap(after.value(), false);
    var page = rest.values().stream().limit(limit).map(Held::connection).toList();
    return new Page(page, List.of(), rest.size() > limit ? page.getLast().id() : null);
  }

  @Override
  public synchronized Counts count(ClientName client) {
    var ended =
        of(client).values().stream()
            .filter(held -> held.connection().state() == State.RECONNECT_REQUIRED)
            .count();
    return new Counts(of(client).size() - ended, ended);
  }

  @Override
  public Durability durability() {
    return Durability.UNKNOWN; // Nobody takes it for a place to keep data.
  }

  @Override
  public Rotation rotation(Account account, Connection connection, RefreshToken next) {
    return new Rotation(next.reveal(), connection.expiresAt());
  }

  private boolean change(Account account, String seen, UnaryOperator<Held> change) {
    var held = of(account.client()).get(id(account));
    if (held == null || !held.revision().equals(seen)) {
      return false;
    }
    of(account.client()).put(id(account), change.apply(held));
    return true;
  }

  private NavigableMap<String, Held> of(ClientName client) {
    return clients.computeIfAbsent(client, name -> new TreeMap<>());
  }

  private static String id(Account account) {
    return String.valueOf(account.connection());
  }

  private static String newRevision() {
    return UUID.randomUUID().toString();
  }
}
