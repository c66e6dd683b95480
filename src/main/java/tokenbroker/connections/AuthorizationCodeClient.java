package tokenbroker.connections;

import java.net.URI;
import java.time.Duration;
import tokenbroker.clients.Client;
import tokenbroker.tokens.FetchResult.FromUpstream;
import tokenbroker.tokens.RefreshToken;

/**
 * A client for the upstream's part of the authorization-code flow (RFC 6749 §4.1). The given
 * clients must have credentials.
 */
public interface AuthorizationCodeClient {

  /**
   * Returns the page where the user grants or denies access.
   *
   * @param challenge the S256 challenge of the code verifier (RFC 7636 §4.2)
   */
  URI consentPage(Client client, String state, URI redirectUri, String challenge);

  /** Exchanges a code for tokens. Blocks for a bounded time. */
  FromUpstream exchange(Client client, String code, URI redirectUri, String verifier);

  /**
   * The factor by which the usual time limit is multiplied for a refresh. Even a late response
   * carries the only token that can renew the connection.
   */
  int REFRESH_TIME_LIMIT_FACTOR = 6;

  /** Returns the longest time that {@link #refresh} blocks. */
  static Duration longestRefresh(Duration upstreamTimeout) {
    return upstreamTimeout.multipliedBy(REFRESH_TIME_LIMIT_FACTOR);
  }

  /**
   * Refreshes a connection, which uses up its refresh token. Blocks for at most {@link
   * #longestRefresh}.
   */
  FromUpstream refresh(Client client, RefreshToken token);
}
