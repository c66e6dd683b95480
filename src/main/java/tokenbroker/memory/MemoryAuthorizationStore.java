package tokenbroker.memory;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tokenbroker.connections.Authorization;
import tokenbroker.connections.Authorization.Progress;
import tokenbroker.connections.AuthorizationHandle;
import tokenbroker.connections.AuthorizationStore;
import tokenbroker.connections.AuthorizedAccount;
import tokenbroker.connections.ResultCode;
import tokenbroker.time.Moment;
import tokenbroker.time.Ticker;

/** An authorization store within one process. */
public final class MemoryAuthorizationStore implements AuthorizationStore {

  private final Ticker ticker;
  private final Map<AuthorizationHandle, Expiring<StoredAuthorization>> authorizations =
      new HashMap<>();
  private final Map<ResultCode, Expiring<AuthorizedAccount>> results = new HashMap<>();

  private record Expiring<T>(T value, Moment until) {}

  public MemoryAuthorizationStore(Ticker ticker) {
    this.ticker = ticker;
  }

  @Override
  public synchronized Keeping keep(AuthorizationHandle handle, Authorization authorization) {
    forgetExpired(authorizations);
    var sameCaller =
        authorizations.entrySet().stream()
            .filter(kept -> kept.getKey().client().equals(handle.client()))
            .filter(kept -> isOfSameCaller(kept.getValue().value.authorization(), authorization))
            .count();
    if (sameCaller >= MOST_OF_A_CALLER) {
      return new Keeping.TooMany(Authorization.LIFE);
    }
    put(handle, authorization, ticker.now().plus(Authorization.LIFE));
    return new Keeping.Kept();
  }

  private static boolean isOfSameCaller(Authorization one, Authorization other) {
    return one.asked().issuer().equals(other.asked().issuer())
        && one.asked().subject().equals(other.asked().subject());
  }

  @Override
  public synchronized Optional<StoredAuthorization> find(AuthorizationHandle handle) {
    return alive(authorizations, handle).map(Expiring::value);
  }

  @Override
  public synchronized boolean replace(
      AuthorizationHandle handle, String revision, Authorization next) {
    var found = alive(authorizations, handle).orElse(null);
    if (found == null || !found.value.revision().equals(revision)) {
      return false;
    }
    var isFinished = next.progress() instanceof Progress.Finished;
    put(handle, next, isFinished ? ticker.now().plus(Authorization.LIFE) : found.until);
    return true;
  }

  private void put(AuthorizationHandle handle, Authorization authorization, Moment until) {
    var held = new StoredAuthorization(authorization, UUID.randomUUID().toString());
    authorizations.put(handle, new Expiring<>(held, until));
  }

  @Override
  public synchronized void keepResult(ResultCode code, AuthorizedAccount account) {
    forgetExpired(results);
    results.put(code, new Expiring<>(account, ticker.now().plus(AuthorizedAccount.LIFE)));
  }

  @Override
  public synchronized Optional<AuthorizedAccount> findResult(ResultCode code) {
    return alive(results, code).map(Expiring::value);
  }

  @Override
  public synchronized boolean takeResult(ResultCode code) {
    var isThere = alive(results, code).isPresent();
    results.remove(code);
    return isThere;
  }

  private <K, T> Optional<Expiring<T>> alive(Map<K, Expiring<T>> kept, K key) {
    return Optional.ofNullable(kept.get(key)).filter(it -> ticker.now().isBefore(it.until));
  }

  private <K, T> void forgetExpired(Map<K, Expiring<T>> kept) {
    var now = ticker.now();
    kept.values().removeIf(old -> !now.isBefore(old.until));
  }
}
