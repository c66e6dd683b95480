package tokenbroker.sandbox;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import tokenbroker.clients.ClientDirectory;
import tokenbroker.clients.ClientName;
import tokenbroker.connections.ConnectionStore;
import tokenbroker.connections.ConnectionStore.ConnectionPage;
import tokenbroker.http.RateLimits;
import tokenbroker.sandbox.faults.ActiveFaults;
import tokenbroker.sandbox.trackmage.TrackMageLookAlike;
import tokenbroker.tokens.ConnectionId;
import tokenbroker.tokens.TokenBroker;
import tokenbroker.tokens.TokenOwner;
import tokenbroker.trackmage.TrackMageTokenSource;

/**
 * The endpoint that makes the look-alike, and the broker in the same process, forget everything by
 * which one test influences the next.
 */
@Path("/sandbox/reset")
@RunOnVirtualThread
class ResetResource {

  private static final int PAGE_SIZE = 1000;

  private final ActiveFaults faults;
  private final TrackMageLookAlike trackMage;
  private final TokenBroker broker;
  private final TrackMageTokenSource upstreams;
  private final RateLimits rateLimits;
  private final ClientDirectory clients;
  private final ConnectionStore connections;

  ResetResource(
      ActiveFaults faults,
      TrackMageLookAlike trackMage,
      TokenBroker broker,
      TrackMageTokenSource upstreams,
      RateLimits rateLimits,
      ClientDirectory clients,
      ConnectionStore connections) {
    this.faults = faults;
    this.trackMage = trackMage;
    this.broker = broker;
    this.upstreams = upstreams;
    this.rateLimits = rateLimits;
    this.clients = clients;
    this.connections = connections;
  }

  /**
   * Resets the look-alike first. A fetch that the broker has begun before could still bring a token
   * that is invalid by then, or a failure. So the broker forgets only after that fetch has ended.
   */
  @POST
  public void reset() {
    faults.clear();
    trackMage.forgetAll();
    broker.awaitFetches();
    upstreams.resetUpstreams();
    rateLimits.reset();
    clients.all().forEach(client -> forget(client.name()));
  }

  private void forget(ClientName client) {
    ConnectionPage page;
    ConnectionId after = null;
    do {
      page = connections.page(client, after, PAGE_SIZE);
      page.connections().forEach(connection -> forget(client, connection.id()));
      page.unreadable().forEach(id -> forget(client, id));
      after = page.next();
    } while (after != null);
    broker.forget(TokenOwner.of(client));
  }

  private void forget(ClientName client, ConnectionId connection) {
    var owner = new TokenOwner(client, connection);
    connections.remove(owner);
    broker.forget(owner);
  }
}
