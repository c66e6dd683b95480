package tokenbroker.tokens;

import java.util.List;
import tokenbroker.clients.Client;

/** The accounts that users connected to a client. */
public interface ConnectedAccounts {

  /**
   * Returns some connections that can be renewed, and that were made at the server and for the
   * TrackMage client that this client has; none if the store does not answer. Blocks for a bounded
   * time.
   */
  List<Account> some(Client client, int limit);
}
