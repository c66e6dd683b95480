package tokenbroker.redis;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** The counter of stored values that were not used. */
final class UnsealFailures {

  private UnsealFailures() {}

  static Counter in(MeterRegistry registry) {
    return Counter.builder("token_broker.store.open.failures")
        .description(
            "Stored values that were ignored: corrupt, foreign, moved, sealed with an unknown key,"
                + " rolled back, or without a plausible expiry")
        .register(registry);
  }
}
