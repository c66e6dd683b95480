package tokenbroker.observability;

import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Startup;
import tokenbroker.clients.ClientDirectory;

/**
 * The startup check: whether the configuration is loaded. It must not depend on another system. The
 * kubelet kills a container that does not start in time, and a new one would do no better.
 */
@Startup
@Singleton
class BrokerStartup implements HealthCheck {

  private final ClientDirectory clients;

  BrokerStartup(ClientDirectory clients) {
    this.clients = clients;
  }

  @Override
  public HealthCheckResponse call() {
    return HealthCheckResponse.named("token-broker").status(clients.isLoaded()).build();
  }
}
