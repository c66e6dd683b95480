package tokenbroker.connections;

import java.time.Duration;
import java.util.Optional;

/**
 * A store of authorizations in progress and of results that no service has redeemed yet. All
 * entries expire. Each method blocks for a bounded time and throws {@link
 * tokenbroker.tokens.StoreUnavailable} if the store does not answer.
 */
public interface AuthorizationStore {

  /**
   * How many authorizations one caller may begin for one client within {@link Authorization#LIFE}.
   * They take about 10 MB of the store.
   */
  int MOST_OF_A_CALLER = 5_000;

  /** Stores a new authorization for {@link Authorization#LIFE}. */
  Keeping keep(AuthorizationHandle handle, Authorization authorization);

  /** The result of storing an authorization. */
  sealed interface Keeping {
    record Kept() implements Keeping {}

    /** This caller has begun too many authorizations. */
    record TooMany(Duration retryAfter) implements Keeping {}
  }

  Optional<StoredAuthorization> find(AuthorizationHandle handle);

  /**
   * An authorization and its revision.
   *
   * @param revision identifies exactly this stored value
   */
  record StoredAuthorization(Authorization authorization, String revision) {}

  /**
   * Replaces an authorization if it has not changed since it was read. A finished one is kept for
   * another {@link Authorization#LIFE}; any other one expires as before.
   *
   * @return false if it has changed or expired
   */
  boolean replace(AuthorizationHandle handle, String revision, Authorization next);

  /** Stores a result for {@link AuthorizedAccount#LIFE}. */
  void keepResult(ResultCode code, AuthorizedAccount account);

  Optional<AuthorizedAccount> findResult(ResultCode code);

  /** Removes a result. Returns true for exactly one caller. */
  boolean takeResult(ResultCode code);
}
