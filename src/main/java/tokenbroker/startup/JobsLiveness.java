package tokenbroker.startup;

import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;

/**
 * A process with a background job that has stalled is to be restarted: it would serve ever older
 * tokens, keys and policy. What is broken outside the process stalls no job.
 */
@Liveness
@Singleton
class JobsLiveness implements HealthCheck {

  private final BackgroundWork work;

  JobsLiveness(BackgroundWork work) {
    this.work = work;
  }

  @Override
  public HealthCheckResponse call() {
    var stalled = work.stalled();
    return HealthCheckResponse.named("background-work")
        .status(stalled.isEmpty())
        .withData("stalled", String.join(",", stalled))
        .build();
  }
}
