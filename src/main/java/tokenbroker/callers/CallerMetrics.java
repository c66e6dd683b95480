package tokenbroker.callers;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import java.util.function.Supplier;

/** The metrics of callers and of their issuers' keys. */
@Singleton
class CallerMetrics {

  private final MeterRegistry registry;

  CallerMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  void refused(String reason, CredentialForm form) {
    Counter.builder("token_broker.authentication.failures")
        .description("Rejected caller tokens")
        .tag("reason", reason)
        .tag("form", form.label())
        .register(registry)
        .increment();
  }

  void keysRead(String issuer, String result) {
    Counter.builder("token_broker.keys.refresh")
        .description("Reads of the issuers' keys")
        .tag("issuer", issuer)
        .tag("result", result)
        .register(registry)
        .increment();
  }

  void reviewed(String issuer, String result) {
    Counter.builder("token_broker.token.reviews")
        .description("Reviews of callers' JWTs by the API server")
        .tag("issuer", issuer)
        .tag("result", result)
        .register(registry)
        .increment();
  }

  /**
   * Registers the gauge of the keys in force. The registry holds the supplier strongly, so the
   * gauge keeps its value after a garbage collection.
   */
  void keysInForce(String issuer, Supplier<Number> keys) {
    Gauge.builder("token_broker.issuer.keys", keys)
        .description("Usable keys of the issuer; 0 if none could be read yet")
        .tag("issuer", issuer)
        .register(registry);
  }
}
