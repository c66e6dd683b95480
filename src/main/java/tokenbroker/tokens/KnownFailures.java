package tokenbroker.tokens;

import jakarta.inject.Singleton;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import tokenbroker.clients.ClientName;

/** The last failure of each client that this process knows of and no fetch has disproved since. */
@Singleton
class KnownFailures {

  private final Map<ClientName, UpstreamFailure> failures = new ConcurrentHashMap<>();

  void note(ClientName client, UpstreamFailure failure) {
    failures.put(client, failure);
  }

  void clear(ClientName client) {
    failures.remove(client);
  }

  Optional<UpstreamFailure> of(ClientName client) {
    return Optional.ofNullable(failures.get(client));
  }
}
