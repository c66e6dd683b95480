package tokenbroker.redis;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tokenbroker.clients.ClientName;
import tokenbroker.tokens.Account;
import tokenbroker.tokens.ConnectionId;

/**
 * The keys of one account. The braces keep those of a client in one slot of a cluster, so that
 * scripts may use them together.
 *
 * @param connection without it there is nothing to keep of the account; null for the client's own
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

  /** Where a connection itself is. */
  static String connection(ClientName client, ConnectionId id) {
    return prefix(client) + "connection:" + id;
  }

  /** Whoever has this uses the connection's refresh token up. */
  static String claim(ClientName client, ConnectionId id) {
    return connection(client, id) + ":claim";
  }

  /** What all keys of a client begin with. */
  static String prefix(ClientName client) {
    return "token-broker:{" + client.value() + "}:";
  }

  /** What {@link Scripts#LOOK} and {@link Scripts#KEEP} want. */
  List<String> looked() {
    return with(token, failure);
  }

  /** What {@link Scripts#LOOK_OR_LEASE} wants. */
  List<String> leased() {
    return List.of(token, failure, lease);
  }

  /** All but the lease, which is its holder's to give back. */
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
