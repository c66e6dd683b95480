package tokenbroker.redis;

import java.util.List;
import tokenbroker.clients.ClientName;

/**
 * The keys of one client. The braces keep them in one slot of a cluster, so that scripts may use
 * them together.
 */
record Keys(String token, String lease, String failure, String forced) {

  static Keys of(ClientName client) {
    var prefix = "token-broker:{" + client.value() + "}:";
    return new Keys(prefix + "token", prefix + "lease", prefix + "failure", prefix + "forced");
  }

  List<String> all() {
    return List.of(token, lease, failure, forced);
  }
}
