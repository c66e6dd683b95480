package tokenbroker.connections;

import java.time.Duration;
import java.util.Optional;

/**
 * The store of authorizations under way and of results that no service has redeemed yet. All of
 * them expire. Every method blocks for a bounded time and throws {@link
 * tokenbroker.tokens.StoreUnavailable} if the store does not answer.
 */
public interface AuthorizationStore {

  /**
   * How many authorizations one caller may begin for one client within {@link Authorization#LIFE}.
   * That many take some 10 MB of the store.
   */
  int MOST_OF_A_CALLER = 5_000;

  /** Keeps a new authorization for {@link Authorization#LIFE}. */
  Keeping keep(AuthorizationHandle handle, Authorization authorization);

  /** Whether an authorization was kept. */
  sealed interface Keeping {
    record Kept() implements Keeping {}

    /** This caller has begun too many. */
    record TooMany(Duration retryAfter) implements Keeping {}
  }

  Optional<StoredAuthorization> find(AuthorizationHandle handle);

  /**
   * An authorization as it was found.
   *
   * @param revision names this very value
   */
  record StoredAuthorization(Authorization authorization, String revision) {}

  /**
   * Replaces an authorization that still is as it was found. A finished one is kept for another
   * {@link Authorization#LIFE}, any other one until its end as before.
   *
   * @return false if it has changed or expired
   */
  boolean replace(AuthorizationHandle handle, String revision, Authorization next);

  /** Keeps a result for {@link AuthorizedAccount#LIFE}. */
  void keepResult(ResultCode code, AuthorizedAccount account);

  Optional<AuthorizedAccount> findResult(ResultCode code);

  /** Removes a result; true for one caller alone. */
  boolean takeResult(ResultCode code);
}
