package tokenbroker.tokens;

import java.util.List;
import tokenbroker.clients.Client;

/** The accounts that users connected to a client. */
public interface ConnectedAccounts {

  /**
   * Returns up to {@code limit} connections that can be refreshed. They were made at the client's
   * current server, for its current TrackMage client. Returns none if the store does not answer.
   * Blocks for a bounded time.
   */
  List<TokenOwner> some(Client client, int limit);
}
