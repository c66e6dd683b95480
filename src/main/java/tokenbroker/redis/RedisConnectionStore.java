package tokenbroker.redis;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Response;
import jakarta.enterprise.inject.Typed;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tokenbroker.clients.ClientName;
import tokenbroker.connections.Connection;
import tokenbroker.connections.ConnectionStore;
import tokenbroker.seal.Seal;
import tokenbroker.tokens.Account;
import tokenbroker.tokens.Announcement;
import tokenbroker.tokens.ConnectionId;
import tokenbroker.tokens.RefreshToken;
import tokenbroker.tokens.StoreUnavailable;

/** Connections in Redis, without an end. An index of their ids is read page by page. */
@Singleton
@Typed(RedisConnectionStore.class)
public class RedisConnectionStore implements ConnectionStore {

  private final Commands commands;
  private final SealedConnections values;

  @Inject
  RedisConnectionStore(Commands commands, Seal seal, MeterRegistry registry) {
    this.commands = commands;
    this.values = new SealedConnections(seal, OpenFailures.in(registry)::increment);
  }

  @Override
  public void put(ClientName client, Connection connection, RefreshToken token) {
    var key = Keys.connection(client, connection.id());
    commands.script(
        "put connection",
        ConnectionScripts.PUT,
        List.of(key, ids(client), endedIds(client)),
        connection.id().value(),
        values.about(key, connection),
        values.refresh(key, token, connection.expiresAt()));
  }

  @Override
  public Optional<Held> find(Account account) {
    var id = idOf(account);
    var key = Keys.connection(account.client(), id);
    var found = commands.script("find connection", ConnectionScripts.FIND, List.of(key));
    if (found == null) {
      return Optional.empty();
    }
    var refresh = found.get(1).toString();
    return Optional.of(
        new Held(
            values.connection(key, id, found.get(0).toString(), refresh, found.get(3).toString()),
            values.refreshToken(key, refresh),
            found.get(2).toString()));
  }

  @Override
  public Rotation rotation(Account account, RefreshToken next, Instant expiresAt) {
    var key = Keys.connection(account.client(), idOf(account));
    return new Rotation(values.refresh(key, next, expiresAt), expiresAt);
  }

  @Override
  public boolean rotate(Account account, String seen, Rotation next) {
    return isOne(
        commands.script(
            "rotate",
            ConnectionScripts.ROTATE,
            keyAndEnded(account),
            idOf(account).value(),
            seen,
            next.sealed()));
  }

  @Override
  public boolean end(Account account, String seen) {
    return isOne(
        commands.script(
            "end", ConnectionScripts.END, keyAndEnded(account), idOf(account).value(), seen));
  }

  @Override
  public boolean remove(Account account) {
    var client = account.client();
    var keys =
        new ArrayList<>(
            List.of(Keys.connection(client, idOf(account)), ids(client), endedIds(client)));
    keys.addAll(Keys.of(account).cached());
    return isOne(
        commands.script(
            "remove connection",
            ConnectionScripts.REMOVE,
            keys,
            idOf(account).value(),
            Announcements.CHANNEL,
            Announcements.text(Announcement.of(Announcement.Kind.REMOVED, account))));
  }

  @Override
  public Page page(ClientName client, @Nullable ConnectionId after, int limit) {
    var from = after == null ? "-" : "(" + after;
    var listed =
        commands.run(
            Command.ZRANGE,
            ids(client),
            from,
            "+",
            "BYLEX",
            "LIMIT",
            "0",
            Integer.toString(limit + 1));
    var ids =
        listed == null
            ? List.<ConnectionId>of()
            : listed.stream()
                .flatMap(each -> ConnectionId.parse(each.toString()).stream())
                .toList();
    var listedNow = ids.subList(0, Math.min(limit, ids.size()));
    return new Page(
        ids.isEmpty() ? List.of() : connections(client, listedNow),
        ids.size() > limit ? listedNow.getLast() : null);
  }

  private List<Connection> connections(ClientName client, List<ConnectionId> ids) {
    var keys = ids.stream().map(id -> Keys.connection(client, id)).toList();
    var found = commands.script("find connections", ConnectionScripts.FIND_ALL, keys);
    var connections = new ArrayList<Connection>();
    for (var i = 0; found != null && i < ids.size(); i++) {
      var fields = found.get(i);
      if (!fields.get(0).toString().isEmpty()) { // Removed meanwhile.
        connections.add(
            values.connection(
                keys.get(i),
                ids.get(i),
                fields.get(0).toString(),
                fields.get(1).toString(),
                fields.get(2).toString()));
      }
    }
    return connections;
  }

  @Override
  public Counts count(ClientName client) {
    var counts =
        commands.script("count", ConnectionScripts.COUNT, List.of(ids(client), endedIds(client)));
    if (counts == null) {
      throw new StoreUnavailable("count: no answer");
    }
    var ended = counts.get(1).toLong();
    return new Counts(counts.get(0).toLong() - ended, ended);
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

  private static List<String> keyAndEnded(Account account) {
    return List.of(Keys.connection(account.client(), idOf(account)), endedIds(account.client()));
  }

  private static String ids(ClientName client) {
    return Keys.prefix(client) + "connections";
  }

  private static String endedIds(ClientName client) {
    return Keys.prefix(client) + "connections-ended";
  }

  private static ConnectionId idOf(Account account) {
    var id = account.connection();
    if (id == null) {
      throw new IllegalArgumentException(account + " is no connection");
    }
    return id;
  }

  private static boolean isOne(@Nullable Response answer) {
    return answer != null && answer.toInteger() == 1;
  }
}
