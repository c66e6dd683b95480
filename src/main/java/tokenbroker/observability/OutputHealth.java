package tokenbroker.observability;

import jakarta.inject.Singleton;
import java.time.Duration;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;
import tokenbroker.output.Output;

/**
 * The readiness check of the output: whether anything reads it. A blocked output fails readiness
 * only if the audit is required, because another replica's output may still be read.
 */
@Readiness
@Singleton
class OutputHealth implements HealthCheck {

  private static final Duration BLOCKED_AFTER = Duration.ofSeconds(1);

  private final Audit audit;

  OutputHealth(Audit audit) {
    this.audit = audit;
  }

  @Override
  public HealthCheckResponse call() {
    var output = Output.current();
    var isAvailable = audit.isAvailable();
    if (!isAvailable) {
      audit.probe();
    }
    return HealthCheckResponse.named("output")
        .status(isAvailable)
        .withData("stdout", text(output.map(Output::waiting).orElse(Duration.ZERO)))
        .withData("log-lines-dropped", output.map(Output::dropped).orElse(0L))
        .withData("audit-lines-dropped", audit.dropped())
        .withData("audit", audit.isRequired() ? "required" : "not required")
        .build();
  }

  private static String text(Duration waiting) {
    return waiting.compareTo(BLOCKED_AFTER) < 0
        ? "flowing"
        : "blocked for %d s".formatted(waiting.toSeconds());
  }
}
