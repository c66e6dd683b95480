package tokenbroker.tokens;

import tokenbroker.clients.Client;

/** Where tokens come from. */
public interface TokenSource {

  /**
   * Asks for one token of the account with the client's credentials. Blocks for a bounded time and
   * answers whatever the upstream does; the client must have credentials, and be the account's.
   *
   * @param seenGrant the {@code grantRevision} at the look that led to this fetch: whoever has
   *     renewed the connection since has brought what is wanted here. Empty fetches in any case
   */
  FetchResult fetch(Client client, Account account, String seenGrant);
}
