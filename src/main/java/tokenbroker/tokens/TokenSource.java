package tokenbroker.tokens;

import tokenbroker.clients.Client;

/** Where tokens come from. */
public interface TokenSource {

  /**
   * Asks for one token with the client's credentials. Blocks up to the upstream's time limit and
   * answers whatever the upstream does; the client must have credentials.
   */
  FetchResult fetch(Client client);
}
