package tokenbroker.tokens;

import tokenbroker.clients.Client;

/** A source of tokens. */
public interface TokenSource {

  /**
   * Fetches one token for the owner with the client's credentials. Blocks for a bounded time and
   * returns a result whatever the upstream does. The client must own the owner and have
   * credentials.
   *
   * @param seenGrant the {@code grantRevision} that the caller read before this fetch. If another
   *     replica has refreshed the connection since, the wanted token is already there. An empty
   *     value fetches in any case
   */
  FetchResult fetch(Client client, TokenOwner owner, String seenGrant);
}
