package tokenbroker.connections;

import org.jspecify.annotations.Nullable;
import tokenbroker.connections.ConnectionStore.Claim;
import tokenbroker.connections.ConnectionStore.StoredConnection;
import tokenbroker.tokens.AccessToken;
import tokenbroker.tokens.FetchResult;
import tokenbroker.tokens.RefreshToken;

/** Where the renewal of a connection stands. */
sealed interface RenewalState {

  /** Nothing has happened yet. */
  record Unclaimed() implements RenewalState {}

  /**
   * The refresh token is this renewal's to use up.
   *
   * @param retried whether it was sent already, and the answer may have been lost
   */
  record Claimed(StoredConnection held, Claim claim, boolean retried) implements RenewalState {}

  /**
   * The upstream has given a token; what renews it next is not stored yet.
   *
   * @param next null if the upstream lets the old refresh token be used again
   */
  record Refreshed(
      StoredConnection held, Claim claim, AccessToken token, @Nullable RefreshToken next)
      implements RenewalState {}

  /** The upstream takes this refresh token no longer. */
  record Refused(StoredConnection held, Claim claim) implements RenewalState {}

  /**
   * The store does not take what renews the token next. It is offered again, and the connection
   * stays claimed until then.
   */
  record Unsaved() implements RenewalState {}

  /** All is said. */
  record Done(FetchResult result) implements RenewalState {}
}
