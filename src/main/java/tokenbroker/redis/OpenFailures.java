package tokenbroker.redis;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** Stored values that could not be read. */
final class OpenFailures {

  private OpenFailures() {}

  static Counter in(MeterRegistry registry) {
    return Counter.builder("token_broker.store.open.failures")
        .description(
            "Stored values that did not open: corrupt, foreign, moved, or of an unknown key")
        .register(registry);
  }
}
