package tokenbroker.observability;

import io.quarkus.runtime.Application;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;
import tokenbroker.callers.Issuers;
import tokenbroker.callers.KeysStatus;
import tokenbroker.clients.ClientDirectory;
import tokenbroker.tokens.TokenStore;

/**
 * The readiness check. A replica is ready if its ports are open, its configuration is loaded, and
 * it has the keys of at least one issuer. An issuer without keys or an unavailable store is
 * reported in the data, but does not fail readiness. Neither does an unavailable upstream. The
 * other replicas would do no better.
 */
@Readiness
@Singleton
class BrokerReadiness implements HealthCheck {

  private final ClientDirectory clients;
  private final Issuers issuers;
  private final TokenStore store;
  private final UpstreamsHealth upstreams;

  BrokerReadiness(
      ClientDirectory clients, Issuers issuers, TokenStore store, UpstreamsHealth upstreams) {
    this.clients = clients;
    this.issuers = issuers;
    this.store = store;
    this.upstreams = upstreams;
  }

  @Override
  public HealthCheckResponse call() {
    var statuses = issuers.statuses();
    var withoutKeys =
        statuses.stream().filter(status -> !status.isUsable()).map(KeysStatus::issuer).toList();
    var health =
        HealthCheckResponse.named("token-broker")
            .status(isOpen() && clients.isLoaded() && withoutKeys.size() < statuses.size())
            .withData("clients", clients.all().size())
            .withData("issuers-without-keys", String.join(",", withoutKeys))
            .withData("store", store.isUp() ? "up" : "degraded")
            .withData("announcements", store.hearingSince().isPresent() ? "heard" : "not heard");
    statuses.forEach(status -> health.withData("issuer-" + status.issuer(), text(status)));
    upstreams.data().forEach(health::withData);
    return health.build();
  }

  /**
   * Quarkus may open the management port, where this check is read, before the port for callers.
   */
  private static boolean isOpen() {
    var application = Application.currentApplication();
    return application != null && application.isStarted();
  }

  private static String text(KeysStatus status) {
    var keys = status.keys() + (status.keys() == 1 ? " key" : " keys");
    return keys
        + status.failure().map(reason -> ", last read failed: " + reason).orElse("")
        + status.reviewFailure().map(reason -> ", token reviews fail: " + reason).orElse("");
  }
}
