package tokenbroker.connections;

import java.util.Optional;

/**
 * Where authorizations under way are kept, for {@link Authorization#LIFE}. Every method blocks for
 * a bounded time and throws {@link tokenbroker.tokens.StoreUnavailable} where the store does not
 * answer.
 */
public interface AuthorizationStore {

  void keep(Authorization authorization);

  /**
   * The authorization, bound to this browser from now on; empty where there is none, or it is
   * another browser's.
   *
   * @param browser the hash of what the browser's cookie holds
   */
  Optional<Authorization> bind(AuthorizationId id, String browser);

  /** Takes away the authorization that is bound to this browser: once. */
  Optional<Authorization> take(AuthorizationId id, String browser);
}
