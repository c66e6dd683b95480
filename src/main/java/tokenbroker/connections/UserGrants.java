package tokenbroker.connections;

import java.net.URI;
import tokenbroker.clients.Client;
import tokenbroker.tokens.FetchResult.FromUpstream;
import tokenbroker.tokens.RefreshToken;

/**
 * The upstream's side of the authorization-code flow (RFC 6749 §4.1). The client has credentials.
 */
public interface UserGrants {

  /**
   * Where the user says yes or no.
   *
   * @param challenge of the code verifier, by S256 (RFC 7636 §4.2)
   */
  URI consentPage(Client client, String state, URI redirectUri, String challenge);

  /** Exchanges a code. Blocks for a bounded time. */
  FromUpstream exchange(Client client, String code, URI redirectUri, String verifier);

  /** Uses up a refresh token. Blocks for a bounded time. */
  FromUpstream refresh(Client client, RefreshToken token);
}
