package tokenbroker.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tokenbroker.clients.ClientName;
import tokenbroker.connections.AuthorizationHandle;
import tokenbroker.connections.ResultCode;
import tokenbroker.tokens.ConnectionId;
import tokenbroker.tokens.TokenOwner;

/**
 * The names of all Redis keys and channels. An instance has the keys of one token owner. The braces
 * put all keys of a client into one slot of a cluster, so that scripts may use them together.
 *
 * @param connection the key of the connection; if it does not exist, nothing may be stored for the
 *     account. Null for a client's own account
 */
record RedisKeys(
    String token, String lease, String failure, String forced, @Nullable String connection) {

  /** The pub/sub channel of {@link Announcements}. */
  static final String ANNOUNCEMENTS = "token-broker:announcements";

  /** The key of the replicas that use this Redis, ordered by when they were last heard. */
  static final String REPLICAS = "token-broker:replicas";

  static RedisKeys of(TokenOwner owner) {
    var id = owner.connection();
    var connection = id == null ? null : connection(owner.client(), id);
    var prefix = connection == null ? prefix(owner.client()) : connection + ":";
    return new RedisKeys(
        prefix + "token", prefix + "lease", prefix + "failure", prefix + "forced", connection);
  }

  /** Returns the key of a connection itself. */
  static String connection(ClientName client, ConnectionId id) {
    return prefix(client) + "connection:" + id;
  }

  /** Returns the key of a claim, whose holder may use up the connection's refresh token. */
  static String claim(ClientName client, ConnectionId id) {
    return connection(client, id) + ":claim";
  }

  /** Returns the key of the ids of all connections of a client. */
  static String connections(ClientName client) {
    return prefix(client) + "connections";
  }

  /** Returns the key of the ids of the connections whose refresh tokens are dead. */
  static String endedConnections(ClientName client) {
    return prefix(client) + "connections-ended";
  }

  /** Returns the key of the ids of connections, ordered by when they must be kept alive. */
  static String dueConnections(ClientName client) {
    return prefix(client) + "connections-due";
  }

  /** Returns the key of a client's {@link UserIndex}. */
  static String users(ClientName client) {
    return prefix(client) + "users";
  }

  /** Returns the key of the sealed random key that hashes the users of {@link #users}. */
  static String userKey(ClientName client) {
    return prefix(client) + "user-key";
  }

  /** Returns the key of an authorization in progress. */
  static String authorization(AuthorizationHandle handle) {
    return prefix(handle.client()) + "authorization:" + handle.hash();
  }

  /** Returns the key of the number of authorizations that one caller has in progress. */
  static String authorizationsOf(ClientName client, String callerHash) {
    return prefix(client) + "authorizations-of:" + callerHash;
  }

  /** Returns the key of the result of an authorization. */
  static String result(ResultCode code) {
    return prefix(code.client()) + "result:" + code.hash();
  }

  /** Returns the channel on which one replica hears its own heartbeat. */
  static String heartbeat(UUID replica) {
    return "token-broker:heartbeat:" + replica;
  }

  private static String prefix(ClientName client) {
    return "token-broker:{" + client.value() + "}:";
  }

  /** Returns the keys for {@link Scripts#LOOK} and {@link Scripts#KEEP}. */
  List<String> looked() {
    return with(token, failure);
  }

  /** Returns the keys for {@link Scripts#LOOK_OR_LEASE}. */
  List<String> leased() {
    return List.of(token, failure, lease);
  }

  /**
   * Returns the keys of cached data. The lease is not among them, because only its holder releases
   * it.
   */
  List<String> cached() {
    return List.of(token, failure, forced);
  }

  private List<String> with(String... keys) {
    var all = new ArrayList<>(List.of(keys));
    if (connection != null) {
      all.add(connection);
    }
    return all;
  }
}
