package tokenbroker.connections;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import tokenbroker.connections.ConnectionStore.Claim;
import tokenbroker.connections.ConnectionStore.Rotation;
import tokenbroker.tokens.AccessToken;
import tokenbroker.tokens.Account;
import tokenbroker.tokens.StoreUnavailable;

/**
 * Refresh tokens that the store could not take when they came. Nobody has been answered with what
 * came along; they are offered again until the store takes them, for the one that it holds is used
 * up.
 */
final class UnsavedRefreshTokens {

  private static final Logger LOG = Logger.getLogger(UnsavedRefreshTokens.class);

  private final ConnectionStore store;
  private final Map<Account, Unsaved> unsaved = new ConcurrentHashMap<>();

  /** What became of a refresh token that was to be stored. */
  enum Saving {
    SAVED,
    /** The store has another one by now; this one is worth nothing. */
    SUPERSEDED,
    /** The store did not answer: it is kept here, and offered again. */
    WAITING
  }

  private record Unsaved(String seen, Rotation next, AccessToken token, Claim claim) {}

  UnsavedRefreshTokens(ConnectionStore store) {
    this.store = store;
  }

  /**
   * Stores a refresh token.
   *
   * @param claim of the renewal that brought it; kept, and closed later, if it must wait
   */
  Saving save(Account account, String seen, Rotation next, AccessToken token, Claim claim) {
    try {
      return store.rotate(account, seen, next) ? Saving.SAVED : Saving.SUPERSEDED;
    } catch (StoreUnavailable e) {
      LOG.warnf("A refresh token of %s waits to be stored: %s", account, e.getMessage());
      unsaved.put(account, new Unsaved(seen, next, token, claim));
      return Saving.WAITING;
    }
  }

  /**
   * Offers what waits for this account; throws where the store does not take it.
   *
   * @return the token that came along, which may be handed on now; null where nothing waited, or
   *     the store has something newer
   */
  @Nullable AccessToken settle(Account account) {
    var waiting = unsaved.get(account);
    return waiting != null && settle(account, waiting) ? waiting.token : null;
  }

  /** Offers all that waits, and tells of what was stored now. */
  void settleAll(BiConsumer<Account, AccessToken> settled) {
    unsaved.forEach(
        (account, waiting) -> {
          try {
            if (settle(account, waiting)) {
              settled.accept(account, waiting.token);
            }
          } catch (StoreUnavailable e) {
            LOG.debugf("A refresh token of %s still waits: %s", account, e.getMessage());
          }
        });
  }

  int waiting() {
    return unsaved.size();
  }

  private boolean settle(Account account, Unsaved waiting) {
    var taken = store.rotate(account, waiting.seen, waiting.next);
    if (!unsaved.remove(account, waiting)) {
      return false;
    }
    waiting.claim.close();
    if (taken) {
      LOG.infof("A refresh token of %s is stored now", account);
      return true;
    }
    return false;
  }
}
