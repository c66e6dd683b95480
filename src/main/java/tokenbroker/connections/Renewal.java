package tokenbroker.connections;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tokenbroker.clients.Client;
import tokenbroker.connections.ConnectionStore.Claim;
import tokenbroker.connections.ConnectionStore.Claiming;
import tokenbroker.connections.ConnectionStore.StoredConnection;
import tokenbroker.connections.RenewalState.Claimed;
import tokenbroker.connections.RenewalState.Done;
import tokenbroker.connections.RenewalState.Refreshed;
import tokenbroker.connections.RenewalState.Refused;
import tokenbroker.connections.RenewalState.Unclaimed;
import tokenbroker.connections.RenewalState.Unsaved;
import tokenbroker.tokens.AccessToken;
import tokenbroker.tokens.FailureCause;
import tokenbroker.tokens.FailureCause.InvalidResponse;
import tokenbroker.tokens.FailureCause.Local;
import tokenbroker.tokens.FailureCause.OAuthError;
import tokenbroker.tokens.FailureCause.Outage;
import tokenbroker.tokens.FetchResult;
import tokenbroker.tokens.RefreshToken;
import tokenbroker.tokens.StoreUnavailable;
import tokenbroker.tokens.TokenOwner;

/**
 * One renewal of a connection, which uses up its refresh token. TrackMage replaces the refresh
 * token at each use, without a grace period. Therefore:
 *
 * <ol>
 *   <li>One renewal at a time uses it, across all replicas. Its claim on the connection lasts from
 *       before the request until the outcome is stored.
 *   <li>The new refresh token is stored before the access token is handed on.
 *   <li>If the response may have been lost, the request is retried once with the old refresh token.
 *   <li>Only the upstream's own {@code invalid_grant} for the stored refresh token ends a
 *       connection.
 * </ol>
 */
final class Renewal {

  private static final FetchResult STORE_UNAVAILABLE =
      new FetchResult.Failed(Local.STORE_UNAVAILABLE);

  private final Client client;
  private final TokenOwner owner;
  private final String seen;
  private final AuthorizationCodeClient grants;
  private final ConnectionStore store;
  private final UnsavedRefreshTokens rotations;
  private final ConnectionEvents records;

  /**
   * Creates a renewal that has not started.
   *
   * @param seen the revision of the refresh token to use up; empty matches any
   */
  Renewal(
      Client client,
      TokenOwner owner,
      String seen,
      AuthorizationCodeClient grants,
      ConnectionStore store,
      UnsavedRefreshTokens rotations,
      ConnectionEvents records) {
    this.client = client;
    this.owner = owner;
    this.seen = seen;
    this.grants = grants;
    this.store = store;
    this.rotations = rotations;
    this.records = records;
  }

  /**
   * Runs through all states. A renewed connection stays claimed until its access token is in the
   * store. Blocks for at most several of the upstream's time limits.
   */
  FetchResult run() {
    RenewalState state = new Unclaimed();
    @Nullable Claim claim = null;
    try {
      while (true) {
        switch (state) {
          case Done(FetchResult.Fetched fetched) -> {
            claim = null; // whenKept closes it.
            return fetched;
          }
          case Done(var result) -> {
            return result;
          }
          case Unsaved() -> {
            claim = null;
            return STORE_UNAVAILABLE;
          }
          case Claimed claimed -> claim = claimed.claim();
          case Unclaimed _, Refreshed _, Refused _ -> {}
        }
        state = next(state);
      }
    } catch (StoreUnavailable e) {
      return STORE_UNAVAILABLE;
    } finally {
      if (claim != null) {
        claim.close();
      }
    }
  }

  /**
   * Performs one step.
   *
   * @throws StoreUnavailable if the store does not answer
   */
  RenewalState next(RenewalState state) {
    return switch (state) {
      case Unclaimed() -> claim();
      case Claimed(var held, var claim, var retried) -> refresh(held, claim, retried);
      case Refreshed(var held, var claim, var token, var next) -> store(held, claim, token, next);
      case Refused(var held, var claim) -> end(held, claim);
      case Unsaved unsaved -> unsaved;
      case Done done -> done;
    };
  }

  private RenewalState claim() {
    var settled = rotations.settle(owner);
    if (settled != null) {
      return new Done(new FetchResult.Fetched(settled));
    }
    return switch (store.claim(owner, seen)) {
      case Claiming.Claimed(var held, var claim) -> new Claimed(held, claim, false);
      case Claiming.ClaimedElsewhere() -> new Done(new FetchResult.ClaimedElsewhere());
      case Claiming.Changed() -> new Done(new FetchResult.Superseded());
      case Claiming.Ended() -> new Done(new FetchResult.Failed(Local.RECONNECT_REQUIRED));
      case Claiming.Absent() -> new Done(new FetchResult.Gone());
    };
  }

  private RenewalState refresh(StoredConnection held, Claim claim, boolean retried) {
    if (!held.connection().provenance().isOfConnectionsOf(client)) {
      // The client has another server or TrackMage client now. The former one may be configured
      // again, so the connection is not marked.
      return new Done(new FetchResult.Failed(Local.RECONNECT_REQUIRED));
    }
    return switch (grants.refresh(client, held.refreshToken())) {
      case FetchResult.Fetched(var token, var next, _) -> new Refreshed(held, claim, token, next);
      case FetchResult.Failed(var cause, _, _) when cause == OAuthError.INVALID_GRANT ->
          new Refused(held, claim);
      case FetchResult.Failed(var cause, _, _) when mayBeLost(cause) && !retried ->
          new Claimed(held, claim, true);
      case FetchResult.Failed failed -> new Done(failed);
    };
  }

  /**
   * Returns whether the response may have been lost. A timeout is excluded, because nobody waits
   * any more; the next renewal retries.
   */
  private static boolean mayBeLost(FailureCause cause) {
    return cause instanceof InvalidResponse || cause == Outage.CONNECT;
  }

  private RenewalState store(
      StoredConnection held, Claim claim, AccessToken token, @Nullable RefreshToken next) {
    var connection = held.connection().until(token.life().requestedAt().plus(token.lifetime()));
    var rotation =
        next == null
            ? store.rotation(owner, connection, held.refreshToken())
            : store.rotation(owner, connection.rotated(), next);
    return switch (rotations.save(owner, held.revision(), rotation, token, claim)) {
      case SAVED -> {
        records.refreshed(owner, token.id());
        yield new Done(new FetchResult.Fetched(token, null, claim::close));
      }
      case SUPERSEDED -> new Done(superseded());
      case WAITING -> new Unsaved();
    };
  }

  private RenewalState end(StoredConnection held, Claim claim) {
    if (!store.end(owner, held.revision(), claim)) {
      return new Done(superseded());
    }
    records.ended(owner);
    return new Done(new FetchResult.Failed(Local.RECONNECT_REQUIRED));
  }

  private FetchResult superseded() {
    Optional<Connection> now = store.find(owner);
    return now.isEmpty() ? new FetchResult.Gone() : new FetchResult.Superseded();
  }
}
