package tokenbroker.connections;

import org.jspecify.annotations.Nullable;
import tokenbroker.connections.ConnectionStore.Claim;
import tokenbroker.connections.ConnectionStore.StoredConnection;
import tokenbroker.tokens.AccessToken;
import tokenbroker.tokens.FetchResult;
import tokenbroker.tokens.RefreshToken;

/** The state of a connection's renewal. */
sealed interface RenewalState {

  /** The renewal has not started. */
  record Unclaimed() implements RenewalState {}

  /**
   * This renewal may use up the refresh token.
   *
   * @param retried whether the token was already sent and the response may have been lost
   */
  record Claimed(StoredConnection held, Claim claim, boolean retried) implements RenewalState {}

  /**
   * The upstream returned a token; the new refresh token is not stored yet.
   *
   * @param next the new refresh token; null if the upstream allows the old one to be used again
   */
  record Refreshed(
      StoredConnection held, Claim claim, AccessToken token, @Nullable RefreshToken next)
      implements RenewalState {}

  /** The upstream no longer accepts this refresh token. */
  record Refused(StoredConnection held, Claim claim) implements RenewalState {}

  /**
   * The store did not take the new refresh token. It is offered again, and the connection stays
   * claimed until then.
   */
  record Unsaved() implements RenewalState {}

  /** The renewal has its result. */
  record Done(FetchResult result) implements RenewalState {}
}
