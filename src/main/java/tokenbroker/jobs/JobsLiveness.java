package tokenbroker.jobs;

import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;

/**
 * The liveness check. A process with a stalled background job must be restarted, because its
 * tokens, keys and policy would become more and more outdated. A fault outside the process does not
 * stall a job.
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
