package tokenbroker.connections;

import jakarta.inject.Singleton;
import java.util.Optional;
import tokenbroker.clients.Client;
import tokenbroker.clients.ClientName;
import tokenbroker.observability.Requester;
import tokenbroker.time.Clocks;
import tokenbroker.tokens.AccessToken;
import tokenbroker.tokens.RefreshToken;
import tokenbroker.tokens.TokenBroker;
import tokenbroker.tokens.TokenOwner;

/**
 * The last step of the authorization-code flow. A service redeems the code that its user's browser
 * brought, over the back channel, and learns which connection it is. The connection exists only
 * from then on. The service presents the {@code state} of its own user's session, which proves that
 * this user began the authorization. Nobody can connect an account with a code alone.
 */
@Singleton
public class Results {

  private final AuthorizationStore pending;
  private final ConnectionStore connections;
  private final TokenBroker broker;
  private final ConnectionEvents records;
  private final Clocks clocks;

  Results(
      AuthorizationStore pending,
      ConnectionStore connections,
      TokenBroker broker,
      ConnectionEvents records,
      Clocks clocks) {
    this.pending = pending;
    this.connections = connections;
    this.broker = broker;
    this.records = records;
    this.clocks = clocks;
  }

  /** Stores the upstream's tokens until the service redeems the result. */
  ResultCode keep(ClientName client, String state, AccessToken token, RefreshToken refreshToken) {
    var code = ResultCode.next(client);
    pending.keepResult(
        code,
        new AuthorizedAccount(
            state, token, refreshToken, clocks.wall().plus(AuthorizedAccount.LIFE)));
    return code;
  }

  /**
   * Creates the connection. Blocks for a bounded time.
   *
   * @param code the code that the browser brought
   * @param state the state in the session of the service's user
   * @return empty if the result was already redeemed, has expired, belongs to another client, or
   *     began with another state. The caller never learns which
   * @throws tokenbroker.tokens.StoreUnavailable if the store does not answer
   */
  public Optional<Connection> redeem(Client client, Requester by, String code, String state) {
    var redeemed =
        ResultCode.parse(client.name(), code)
            .flatMap(result -> taken(client, result, state))
            .map(authorized -> connected(client, by, authorized));
    if (redeemed.isEmpty()) {
      records.notRedeemed(by, client.name());
    }
    return redeemed;
  }

  private Optional<AuthorizedAccount> taken(Client client, ResultCode code, String state) {
    return pending
        .findResult(code)
        .filter(authorized -> RandomTexts.isSame(authorized.state(), state))
        .filter(authorized -> authorized.token().provenance().isOfConnectionsOf(client))
        .filter(_ -> pending.takeResult(code));
  }

  private Connection connected(Client client, Requester by, AuthorizedAccount authorized) {
    var token = authorized.token();
    var connection =
        connections.put(client.name(), Connection.of(token), authorized.refreshToken());
    var owner = new TokenOwner(client.name(), connection.id());
    if (token.remaining(clocks.now()).isPositive()) {
      broker.serve(owner, token);
    }
    records.connected(by, owner, token.id());
    return connection;
  }
}
