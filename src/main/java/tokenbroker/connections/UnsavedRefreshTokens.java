package tokenbroker.connections;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import tokenbroker.connections.ConnectionStore.Claim;
import tokenbroker.connections.ConnectionStore.Rotation;
import tokenbroker.tokens.AccessToken;
import tokenbroker.tokens.StoreUnavailable;
import tokenbroker.tokens.TokenOwner;

/**
 * The refresh tokens that the store could not take when they arrived. The store's own token is used
 * up, so these are offered again until the store takes them. No caller has been given the access
 * tokens that came with them.
 */
final class UnsavedRefreshTokens {

  private static final Logger LOG = Logger.getLogger(UnsavedRefreshTokens.class);

  private final ConnectionStore store;
  private final Map<TokenOwner, Unsaved> unsaved = new ConcurrentHashMap<>();

  /** The result of storing a refresh token. */
  enum Saving {
    SAVED,
    /** The store has another refresh token by now, so this one is useless. */
    SUPERSEDED,
    /** The store did not answer: the token is held here and offered again. */
    WAITING
  }

  private record Unsaved(String seen, Rotation next, AccessToken token, Claim claim) {}

  UnsavedRefreshTokens(ConnectionStore store) {
    this.store = store;
  }

  /**
   * Stores a refresh token.
   *
   * @param claim the claim of the renewal that fetched it; if it must wait, the claim is held and
   *     closed later
   */
  Saving save(TokenOwner owner, String seen, Rotation next, AccessToken token, Claim claim) {
    try {
      return store.rotate(owner, seen, next) ? Saving.SAVED : Saving.SUPERSEDED;
    } catch (StoreUnavailable e) {
      LOG.warnf(
          "A refresh token of %s could not be stored. The broker will try again: %s",
          owner, e.getMessage());
      unsaved.put(owner, new Unsaved(seen, next, token, claim));
      return Saving.WAITING;
    }
  }

  /**
   * Offers the store the waiting refresh token of this account.
   *
   * @return the access token that came with it, which may be handed on now; null if none waited or
   *     the store has a newer refresh token
   * @throws StoreUnavailable if the store does not take it
   */
  @Nullable AccessToken settle(TokenOwner owner) {
    var waiting = unsaved.get(owner);
    return waiting != null && settle(owner, waiting) ? waiting.token : null;
  }

  /**
   * Offers the store all waiting refresh tokens, and calls {@code settled} for each one it took.
   */
  void settleAll(BiConsumer<TokenOwner, AccessToken> settled) {
    unsaved.forEach(
        (owner, waiting) -> {
          try {
            if (settle(owner, waiting)) {
              settled.accept(owner, waiting.token);
            }
          } catch (StoreUnavailable e) {
            LOG.debugf(
                "A refresh token of %s still could not be stored: %s", owner, e.getMessage());
          }
        });
  }

  int waiting() {
    return unsaved.size();
  }

  private boolean settle(TokenOwner owner, Unsaved waiting) {
    var taken = store.rotate(owner, waiting.seen, waiting.next);
    if (!unsaved.remove(owner, waiting)) {
      return false;
    }
    waiting.claim.close();
    if (taken) {
      LOG.infof("A refresh token of %s was stored", owner);
      return true;
    }
    return false;
  }
}
