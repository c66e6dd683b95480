package shop.orders;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.WebApplicationException;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.rest.client.inject.RestClient;

/** Calls TrackMage with a token of the broker. Has a rejected token replaced once. */
@ApplicationScoped
class Workspaces {

  private static final int UNAUTHORIZED = 401;

  private final TokenBroker broker;
  private final TrackMage trackMage;
  private final String client;

  Workspaces(
      @RestClient TokenBroker broker,
      @RestClient TrackMage trackMage,
      @ConfigProperty(name = "orders.client") String client) {
    this.broker = broker;
    this.trackMage = trackMage;
    this.client = client;
  }

  String first() {
    var token = broker.token(client);
    try {
      return trackMage.workspaces(token.bearer(), 1);
    } catch (WebApplicationException refused) {
      if (refused.getResponse().getStatus() != UNAUTHORIZED) {
        throw refused;
      }
      var next = broker.replace(client, new TokenBroker.Dead(token.id()));
      return trackMage.workspaces(next.bearer(), 1);
    }
  }
}
