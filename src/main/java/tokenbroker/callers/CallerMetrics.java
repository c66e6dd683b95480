package tokenbroker.callers;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;

/** What is told of callers and of their issuers' keys. */
@Singleton
class CallerMetrics {

  private final MeterRegistry registry;

  CallerMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  void refused(String reason) {
    Counter.builder("token_broker.authentication.failures")
        .description("Caller tokens that were not accepted")
        .tag("reason", reason)
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
}
