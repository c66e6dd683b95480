package tokenbroker.memory;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tokenbroker.clients.ClientName;
import tokenbroker.connections.Connection;
import tokenbroker.connections.Connection.State;
import tokenbroker.connections.ConnectionStore;
import tokenbroker.connections.KeepAliveSchedule;
import tokenbroker.time.Moment;
import tokenbroker.time.Ticker;
import tokenbroker.tokens.ConnectionId;
import tokenbroker.tokens.RefreshToken;
import tokenbroker.tokens.TokenOwner;

/**
 * A connection store within one process, for development. Its connections are lost when the process
 * ends.
 */
public final class MemoryConnectionStore implements ConnectionStore {

  private final KeepAliveSchedule schedule;
  private final Ticker ticker;
  private final Map<ClientName, NavigableMap<String, Entry>> clients = new TreeMap<>();
  private final Map<TokenOwner, Claim> claims = new HashMap<>();

  private record Entry(StoredConnection held, Moment due) {}

  public MemoryConnectionStore(KeepAliveSchedule schedule, Ticker ticker) {
    this.schedule = schedule;
    this.ticker = ticker;
  }

  @Override
  public synchronized Connection put(ClientName client, Connection connection, RefreshToken token) {
    var kept =
        of(client).values().stream()
            .map(entry -> entry.held.connection())
            .filter(connection::hasUserOf)
            .findFirst()
            .map(connection::replacing)
            .orElse(connection);
    claims.remove(new TokenOwner(client, kept.id()));
    of(client).put(kept.id().value(), entry(kept, token));
    return kept;
  }

  private Entry entry(Connection connection, RefreshToken token) {
    return new Entry(
        new StoredConnection(connection, token, UUID.randomUUID().toString()),
        ticker.now().plus(schedule.dueAfter(connection.id())));
  }

  @Override
  public synchronized Optional<Connection> find(TokenOwner owner) {
    return Optional.ofNullable(of(owner.client()).get(id(owner)))
        .map(entry -> entry.held.connection());
  }

  @Override
  public synchronized Claiming claim(TokenOwner owner, String seen) {
    var entry = of(owner.client()).get(id(owner));
    if (entry == null) {
      return new Claiming.Absent();
    }
    if (entry.held.connection().state() == State.RECONNECT_REQUIRED) {
      return new Claiming.Ended();
    }
    if (!seen.isEmpty() && !seen.equals(entry.held.revision())) {
      return new Claiming.Changed();
    }
    var mine = new OwnClaim(owner, UUID.randomUUID().toString());
    return claims.putIfAbsent(owner, mine) == null
        ? new Claiming.Claimed(entry.held, mine)
        : new Claiming.ClaimedElsewhere();
  }

  private synchronized void release(OwnClaim claim) {
    claims.remove(claim.owner, claim);
  }

  @Override
  public synchronized boolean rotate(TokenOwner owner, String seen, Rotation next) {
    return hasRotated(owner, next)
        || change(
            owner,
            seen,
            entry ->
                entry(
                    entry.held.connection().until(next.expiresAt()),
                    new RefreshToken(next.sealed())));
  }

  private boolean hasRotated(TokenOwner owner, Rotation next) {
    var entry = of(owner.client()).get(id(owner));
    return entry != null
        && entry.held.connection().state() == State.ACTIVE
        && entry.held.refreshToken().reveal().equals(next.sealed());
  }

  @Override
  public synchronized boolean end(TokenOwner owner, String seen, Claim claim) {
    return claim.equals(claims.get(owner))
        && change(
            owner,
            seen,
            entry ->
                new Entry(
                    new StoredConnection(
                        entry.held.connection().in(State.RECONNECT_REQUIRED),
                        entry.held.refreshToken(),
                        entry.held.revision()),
                    entry.due));
  }

  @Override
  public synchronized boolean remove(TokenOwner owner) {
    claims.remove(owner);
    return of(owner.client()).remove(id(owner)) != null;
  }

  @Override
  public synchronized List<ConnectionId> due(ClientName client, int limit) {
    var now = ticker.now();
    var due =
        active(client).stream()
            .filter(entry -> !now.isBefore(entry.due))
            .map(entry -> entry.held.connection().id())
            .collect(Collectors.toCollection(ArrayList::new));
    Collections.shuffle(due);
    return due.subList(0, Math.min(limit, due.size()));
  }

  @Override
  public synchronized ConnectionPage page(
      ClientName client, @Nullable ConnectionId after, int limit) {
    var rest = after == null ? of(client) : of(client).tailMap(after.value(), false);
    var page = rest.values().stream().limit(limit).map(entry -> entry.held.connection()).toList();
    return new ConnectionPage(page, List.of(), rest.size() > limit ? page.getLast().id() : null);
  }

  @Override
  public synchronized ConnectionCounts count(ClientName client) {
    var active = active(client);
    var endangered = ticker.now().minus(OVERDUE_AFTER);
    var overdue = active.stream().filter(entry -> entry.due.isBefore(endangered)).count();
    return new ConnectionCounts(active.size(), of(client).size() - active.size(), overdue);
  }

  @Override
  public Durability durability() {
    return Durability.UNKNOWN; // Nobody expects this store to be durable.
  }

  @Override
  public Eviction eviction() {
    return Eviction.NONE;
  }

  @Override
  public Rotation rotation(TokenOwner owner, Connection connection, RefreshToken next) {
    return new Rotation(next.reveal(), connection.expiresAt(), connection.version());
  }

  private List<Entry> active(ClientName client) {
    return of(client).values().stream()
        .filter(entry -> entry.held.connection().state() == State.ACTIVE)
        .toList();
  }

  private boolean change(TokenOwner owner, String seen, UnaryOperator<Entry> change) {
    var entry = of(owner.client()).get(id(owner));
    if (entry == null || !entry.held.revision().equals(seen)) {
      return false;
    }
    of(owner.client()).put(id(owner), change.apply(entry));
    return true;
  }

  private NavigableMap<String, Entry> of(ClientName client) {
    return clients.computeIfAbsent(client, name -> new TreeMap<>());
  }

  private static String id(TokenOwner owner) {
    return String.valueOf(owner.connection());
  }

  /** A claim that lasts until it is closed. If its process dies, the store is lost with it. */
  private final class OwnClaim implements Claim {

    private final TokenOwner owner;
    private final String holder;

    OwnClaim(TokenOwner owner, String holder) {
      this.owner = owner;
      this.holder = holder;
    }

    @Override
    public String holder() {
      return holder;
    }

    @Override
    public void close() {
      release(this);
    }
  }
}
