package tokenbroker.callers;

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
    registry.counter("token_broker.authentication.failures", "reason", reason).increment();
  }

  void keysRead(String issuer, String result) {
    registry.counter("token_broker.keys.refresh", "issuer", issuer, "result", result).increment();
  }
}
