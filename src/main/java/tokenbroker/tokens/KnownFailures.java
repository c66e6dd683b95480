package tokenbroker.tokens;

import jakarta.inject.Singleton;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The last failure of each client that this process knows of and no fetch has disproved since. */
@Singleton
class KnownFailures {

  private final Map<Account, UpstreamFailure> failures = new ConcurrentHashMap<>();

  void note(Account account, UpstreamFailure failure) {
    failures.put(account, failure);
  }

  void clear(Account account) {
    failures.remove(account);
  }

  Optional<UpstreamFailure> of(Account account) {
    return Optional.ofNullable(failures.get(account));
  }
}
