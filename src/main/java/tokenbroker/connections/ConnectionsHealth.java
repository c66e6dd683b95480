package tokenbroker.connections;

import jakarta.inject.Singleton;
import java.util.Locale;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** A health check that reports on connections and never makes the broker unready. */
@Readiness
@Singleton
class ConnectionsHealth implements HealthCheck {

  private final Authorizations authorizations;
  private final Connections connections;

  ConnectionsHealth(Authorizations authorizations, Connections connections) {
    this.authorizations = authorizations;
    this.connections = connections;
  }

  @Override
  public HealthCheckResponse call() {
    return HealthCheckResponse.named("connections")
        .up()
        .withData("on", authorizations.areOn())
        .withData("store", connections.durability().name().toLowerCase(Locale.ROOT))
        .withData("eviction", connections.eviction().name().toLowerCase(Locale.ROOT))
        .withData("unsaved", connections.waiting())
        .build();
  }
}
