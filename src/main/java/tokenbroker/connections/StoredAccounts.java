package tokenbroker.connections;

import jakarta.inject.Singleton;
import java.util.List;
import tokenbroker.clients.Client;
import tokenbroker.connections.Connection.State;
import tokenbroker.tokens.ConnectedAccounts;
import tokenbroker.tokens.StoreUnavailable;
import tokenbroker.tokens.TokenOwner;

/** The connected accounts in the store. */
@Singleton
class StoredAccounts implements ConnectedAccounts {

  /** How many connections of a client are examined. */
  private static final int LOOKED_AT = 100;

  private final ConnectionStore store;

  StoredAccounts(ConnectionStore store) {
    this.store = store;
  }

  @Override
  public List<TokenOwner> some(Client client, int limit) {
    try {
      return store.page(client.name(), null, LOOKED_AT).connections().stream()
          .filter(connection -> connection.state() == State.ACTIVE)
          .filter(connection -> connection.provenance().isOfConnectionsOf(client))
          .map(connection -> new TokenOwner(client.name(), connection.id()))
          .limit(limit)
          .toList();
    } catch (StoreUnavailable e) {
      return List.of();
    }
  }
}
