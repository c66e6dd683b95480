package tokenbroker.connections;

import java.net.URI;
import java.time.Duration;
import tokenbroker.clients.Client;
import tokenbroker.tokens.FetchResult.FromUpstream;
import tokenbroker.tokens.RefreshToken;

/**
 * The upstream's side of the authorization-code flow (RFC 6749 §4.1). The client has credentials.
 */
public interface AuthorizationCodeClient {

  /**
   * Where the user says yes or no.
   *
   * @param challenge of the code verifier, by S256 (RFC 7636 §4.2)
   */
  URI consentPage(Client client, String state, URI redirectUri, String challenge);

  /** Exchanges a code. Blocks for a bounded time. */
  FromUpstream exchange(Client client, String code, URI redirectUri, String verifier);

  /**
   * How many times the usual limit a refresh is listened to. What comes late still is the only
   * token that renews the connection.
   */
  int REFRESH_TIME_LIMIT_FACTOR = 6;

  /** Returns how long {@link #refresh} blocks at most. */
  static Duration longestRefresh(Duration upstreamTimeout) {
    return upstreamTimeout.multipliedBy(REFRESH_TIME_LIMIT_FACTOR);
  }

  /** Uses up a refresh token. Blocks for {@link #longestRefresh} at most. */
  FromUpstream refresh(Client client, RefreshToken token);
}
