package tokenbroker.redis;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Response;
import jakarta.enterprise.inject.Typed;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import tokenbroker.clients.ClientName;
import tokenbroker.config.BrokerConfig;
import tokenbroker.connections.Connection;
import tokenbroker.connections.ConnectionStore;
import tokenbroker.connections.KeepAliveSchedule;
import tokenbroker.seal.Seal;
import tokenbroker.time.Ticker;
import tokenbroker.tokens.Announcement;
import tokenbroker.tokens.ConnectionId;
import tokenbroker.tokens.RefreshToken;
import tokenbroker.tokens.StoreUnavailable;
import tokenbroker.tokens.TokenOwner;

/**
 * A connection store in Redis. Connections never expire. An index of their ids is read page by
 * page.
 */
@Singleton
@Typed(RedisConnectionStore.class)
public class RedisConnectionStore implements ConnectionStore {

  /** How often a write is tried while others write a connection of the same user. */
  private static final int TRIES = 5;

  private final RedisCommands commands;
  private final SealedConnections values;
  private final UserIndex users;
  private final ConnectionVersions versions;
  private final KeepAliveSchedule schedule;
  private final ConnectionClaims claims;

  RedisConnectionStore(
      RedisCommands commands,
      Announcements announcements,
      Seal seal,
      KeepAliveSchedule schedule,
      BrokerConfig config,
      Ticker ticker,
      MeterRegistry registry) {
    this.commands = commands;
    this.values = new SealedConnections(seal, UnsealFailures.in(registry)::increment);
    this.users = new UserIndex(commands, seal);
    this.versions = new ConnectionVersions(registry);
    this.schedule = schedule;
    this.claims = new ConnectionClaims(commands, values, versions, config, ticker, registry);
    announcements.listen(this::heard);
  }

  /**
   * Handles the announcement of a removed connection. Anybody who may publish can send one, so the
   * store is checked first.
   */
  void heard(Announcement news) {
    var owner = news.owner();
    if (news.kind() == Announcement.Kind.REMOVED && owner.isConnection()) {
      commands
          .send(Command.EXISTS, RedisKeys.connection(owner.client(), idOf(owner)))
          .onSuccess(
              answer -> {
                if (answer != null && answer.toInteger() == 0) {
                  versions.removed(owner);
                }
              });
    }
  }

  @Override
  public Connection put(ClientName client, Connection connection, RefreshToken token) {
    var user = users.hashOf(client, connection).orElse("");
    for (var i = 0; i < TRIES; i++) {
      var former = user.isEmpty() ? "" : users.connectionOf(client, user);
      var kept = formerOf(client, connection, former).map(connection::replacing).orElse(connection);
      if (put(client, kept, token, user, former)) {
        versions.seen(new TokenOwner(client, kept.id()), kept.version());
        return kept;
      }
    }
    throw new StoreUnavailable("put connection: it changes too often");
  }

  private boolean put(
      ClientName client, Connection kept, RefreshToken token, String user, String former) {
    var key = RedisKeys.connection(client, kept.id());
    return isOne(
        commands.script(
            "put connection",
            ConnectionScripts.PUT,
            List.of(
                key,
                RedisKeys.connections(client),
                RedisKeys.endedConnections(client),
                RedisKeys.dueConnections(client),
                RedisKeys.claim(client, kept.id()),
                RedisKeys.users(client)),
            kept.id().value(),
            values.connection(key, kept, token),
            dueAfter(kept.id()),
            user,
            former));
  }

  /**
   * Returns the user's former connection. Others may have changed the index, so the connection must
   * belong to the same user.
   */
  private Optional<Connection> formerOf(ClientName client, Connection connection, String former) {
    return ConnectionId.parse(former)
        .flatMap(id -> find(client, List.of(id)).stream().findFirst())
        .flatMap(FoundConnection::held)
        .map(StoredConnection::connection)
        .filter(connection::hasUserOf);
  }

  @Override
  public Optional<Connection> find(TokenOwner owner) {
    return find(owner.client(), List.of(idOf(owner))).stream()
        .findFirst()
        .map(found -> found.held.orElseThrow(SealedConnections::unreadable).connection())
        .flatMap(connection -> versions.trusted(owner, connection));
  }

  @Override
  public Claiming claim(TokenOwner owner, String seen) {
    return claims.claim(owner, idOf(owner), seen);
  }

  @Override
  public Rotation rotation(TokenOwner owner, Connection connection, RefreshToken next) {
    var key = RedisKeys.connection(owner.client(), idOf(owner));
    return new Rotation(
        values.connection(key, connection, next), connection.expiresAt(), connection.version());
  }

  @Override
  public boolean rotate(TokenOwner owner, String seen, Rotation next) {
    var rotated =
        isOne(
            commands.script(
                "rotate",
                ConnectionScripts.ROTATE,
                List.of(
                    RedisKeys.connection(owner.client(), idOf(owner)),
                    RedisKeys.endedConnections(owner.client()),
                    RedisKeys.dueConnections(owner.client())),
                idOf(owner).value(),
                seen,
                next.sealed(),
                dueAfter(idOf(owner))));
    if (rotated) {
      versions.seen(owner, next.version());
    }
    return rotated;
  }

  @Override
  public boolean end(TokenOwner owner, String seen, Claim claim) {
    var client = owner.client();
    var id = idOf(owner);
    return isOne(
        commands.script(
            "end",
            ConnectionScripts.END,
            List.of(
                RedisKeys.connection(client, id),
                RedisKeys.endedConnections(client),
                RedisKeys.dueConnections(client),
                RedisKeys.claim(client, id)),
            id.value(),
            seen,
            claim.holder()));
  }

  @Override
  public boolean remove(TokenOwner owner) {
    var client = owner.client();
    var keys =
        new ArrayList<>(
            List.of(
                RedisKeys.connection(client, idOf(owner)),
                RedisKeys.connections(client),
                RedisKeys.endedConnections(client),
                RedisKeys.dueConnections(client),
                RedisKeys.users(client),
                RedisKeys.claim(client, idOf(owner))));
    keys.addAll(RedisKeys.of(owner).cached());
    var removed =
        isOne(
            commands.script(
                "remove connection",
                ConnectionScripts.REMOVE,
                keys,
                idOf(owner).value(),
                RedisKeys.ANNOUNCEMENTS,
                Announcements.text(Announcement.of(Announcement.Kind.REMOVED, owner))));
    if (removed) {
      versions.removed(owner);
    }
    return removed;
  }

  @Override
  public ConnectionPage page(ClientName client, @Nullable ConnectionId after, int limit) {
    var from = after == null ? "-" : "(" + after;
    var listed =
        commands.run(
            Command.ZRANGE,
            RedisKeys.connections(client),
            from,
            "+",
            "BYLEX",
            "LIMIT",
            "0",
            Integer.toString(limit + 1));
    var ids = parsed(listed);
    var listedNow = ids.subList(0, Math.min(limit, ids.size()));
    var found = ids.isEmpty() ? List.<FoundConnection>of() : find(client, listedNow);
    return new ConnectionPage(
        found.stream()
            .flatMap(each -> each.held.stream())
            .map(StoredConnection::connection)
            .flatMap(
                connection ->
                    versions.trusted(new TokenOwner(client, connection.id()), connection).stream())
            .toList(),
        found.stream().filter(each -> each.held.isEmpty()).map(FoundConnection::id).toList(),
        ids.size() > limit ? listedNow.getLast() : null);
  }

  /**
   * A connection that exists.
   *
   * @param held empty if it cannot be opened
   */
  private record FoundConnection(ConnectionId id, Optional<StoredConnection> held) {}

  /** Returns those of the connections that exist. */
  private List<FoundConnection> find(ClientName client, List<ConnectionId> ids) {
    var keys = ids.stream().map(id -> RedisKeys.connection(client, id)).toList();
    var answer = commands.script("find connections", ConnectionScripts.FIND, keys);
    var found = new ArrayList<FoundConnection>();
    for (var i = 0; answer != null && i < ids.size(); i++) {
      var sealed = answer.get(i).get(0).toString();
      if (!sealed.isEmpty()) {
        var revision = answer.get(i).get(1).toString();
        var state = answer.get(i).get(2).toString();
        found.add(
            new FoundConnection(
                ids.get(i), values.connection(keys.get(i), ids.get(i), sealed, revision, state)));
      }
    }
    return found;
  }

  @Override
  public List<ConnectionId> due(ClientName client, int limit) {
    return parsed(
        commands.script(
            "due",
            ConnectionScripts.DUE,
            List.of(RedisKeys.dueConnections(client)),
            Integer.toString(limit),
            Double.toString(ThreadLocalRandom.current().nextDouble())));
  }

  @Override
  public ConnectionCounts count(ClientName client) {
    var counts =
        commands.script(
            "count",
            ConnectionScripts.COUNT,
            List.of(
                RedisKeys.connections(client),
                RedisKeys.endedConnections(client),
                RedisKeys.dueConnections(client),
                RedisKeys.userKey(client)),
            Long.toString(OVERDUE_AFTER.toMillis()));
    if (counts == null) {
      throw new StoreUnavailable("count: no response");
    }
    users.sealAnew(client, counts.get(3).toString());
    var ended = counts.get(1).toLong();
    return new ConnectionCounts(counts.get(0).toLong() - ended, ended, counts.get(2).toLong());
  }

  @Override
  public Durability durability() {
    var info = commands.run(Command.INFO, "persistence");
    var text = info == null ? "" : info.toString();
    if (text.contains("aof_enabled:1")) {
      return Durability.DURABLE;
    }
    return text.contains("aof_enabled:0") ? Durability.VOLATILE : Durability.UNKNOWN;
  }

  @Override
  public Eviction eviction() {
    var info = commands.run(Command.INFO, "memory");
    var lines = info == null ? List.<String>of() : info.toString().lines().toList();
    if (lines.contains("maxmemory:0") || lines.contains("maxmemory_policy:noeviction")) {
      return Eviction.NONE;
    }
    return lines.stream().anyMatch(line -> line.startsWith("maxmemory_policy:"))
        ? Eviction.POSSIBLE
        : Eviction.UNKNOWN;
  }

  private static List<ConnectionId> parsed(@Nullable Response ids) {
    return ids == null
        ? List.of()
        : ids.stream().flatMap(each -> ConnectionId.parse(each.toString()).stream()).toList();
  }

  private String dueAfter(ConnectionId id) {
    return Long.toString(schedule.dueAfter(id).toMillis());
  }

  private static ConnectionId idOf(TokenOwner owner) {
    var id = owner.connection();
    if (id == null) {
      throw new IllegalArgumentException(owner + " is not a connection");
    }
    return id;
  }

  private static boolean isOne(@Nullable Response answer) {
    return answer != null && answer.toInteger() == 1;
  }
}
