package tokenbroker.observability;

import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;
import org.eclipse.microprofile.health.Startup;
import tokenbroker.callers.Issuers;
import tokenbroker.clients.ClientDirectory;
import tokenbroker.tokens.TokenStore;

/**
 * Ready is a replica that can serve: its configuration is loaded and the keys of its callers'
 * issuers are at hand. A store or an upstream that is down is told, and is no reason to take the
 * replica out: the others would not do better.
 */
@Readiness
@Startup
@Singleton
class BrokerReadiness implements HealthCheck {

  private final ClientDirectory clients;
  private final Issuers issuers;
  private final TokenStore store;

  BrokerReadiness(ClientDirectory clients, Issuers issuers, TokenStore store) {
    this.clients = clients;
    this.issuers = issuers;
    this.store = store;
  }

  @Override
  public HealthCheckResponse call() {
    var withoutKeys = issuers.withoutKeys();
    return HealthCheckResponse.named("token-broker")
        .status(clients.isLoaded() && withoutKeys.isEmpty())
        .withData("clients", clients.all().size())
        .withData("issuers-without-keys", String.join(",", withoutKeys))
        .withData("store", store.isUp() ? "up" : "degraded")
        .withData("announcements", store.hearingSince().isPresent() ? "heard" : "not heard")
        .build();
  }
}
