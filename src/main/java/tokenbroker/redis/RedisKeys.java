package tokenbroker.redis;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tokenbroker.clients.ClientName;
import tokenbroker.tokens.Account;
import tokenbroker.tokens.ConnectionId;

/**
 * The Redis keys of one account. The braces put all keys of a client into one slot of a cluster, so
 * that scripts may use them together.
 *
 * @param connection the key of the connection; if it does not exist, nothing may be stored for the
 *     account. Null for a client's own account
 */
record RedisKeys(
    String token, String lease, String failure, String forced, @Nullable String connection) {

  static RedisKeys of(Account account) {
    var id = account.connection();
    var connection = id == null ? null : connection(account.client(), id);
    var prefix = connection == null ? prefix(account.client()) : connection + ":";
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

  /** Returns the prefix of all keys of a client. */
  static String prefix(ClientName client) {
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
