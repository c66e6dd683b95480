package tokenbroker.observability;

import io.micrometer.core.instrument.Timer;
import io.prometheus.client.exemplars.Exemplar;
import io.prometheus.client.exemplars.ExemplarSampler;
import jakarta.annotation.Priority;
import jakarta.enterprise.inject.Alternative;
import jakarta.enterprise.inject.Produces;
import jakarta.enterprise.inject.Typed;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Supplies exemplars: one trace per histogram bucket, so that a reader who sees a slow bucket finds
 * a request in it. A sample without a trace costs only one read of a thread-local.
 */
@Singleton
@Typed(TraceExemplars.class)
public class TraceExemplars implements ExemplarSampler {

  /**
   * How long an exemplar is kept, in milliseconds. A younger one is not replaced, because a scrape
   * sees only one of them anyway.
   */
  private static final long KEPT_FOR = Duration.ofSeconds(7).toMillis();

  private final Clock clock;

  /**
   * The trace that this thread is recording. It is set to null and never removed, because removal
   * would make the next use allocate.
   */
  private final ThreadLocal<@Nullable String> traceId = new ThreadLocal<>();

  public TraceExemplars(Clock clock) {
    this.clock = clock;
  }

  /**
   * Produces the registry's sampler. It replaces the framework's own, which looks for a current
   * span.
   */
  @Produces
  @Alternative
  @Priority(1)
  Optional<ExemplarSampler> sampler() {
    return Optional.of(this);
  }

  /**
   * Records a duration.
   *
   * @param recordedTrace the recorded trace of the request; null if no trace was recorded
   */
  public void record(Timer timer, long nanos, @Nullable String recordedTrace) {
    if (recordedTrace == null) {
      timer.record(nanos, TimeUnit.NANOSECONDS);
      return;
    }
    traceId.set(recordedTrace);
    try {
      timer.record(nanos, TimeUnit.NANOSECONDS);
    } finally {
      traceId.set(null);
    }
  }

  @Override
  public @Nullable Exemplar sample(
      double value, double from, double to, @Nullable Exemplar previous) {
    var id = traceId.get();
    return id == null ? null : next(value, id, previous);
  }

  /**
   * Returns null: a counter has no exemplars, because a count says nothing about a single request.
   */
  @Override
  public @Nullable Exemplar sample(double increment, @Nullable Exemplar previous) {
    return null;
  }

  private @Nullable Exemplar next(double value, String id, @Nullable Exemplar previous) {
    var now = clock.millis(); // Wall time, because Prometheus reads it.
    var isFresh =
        previous != null
            && previous.getTimestampMs() != null
            && Math.abs(now - previous.getTimestampMs()) < KEPT_FOR;
    return isFresh ? null : new Exemplar(value, now, "trace_id", id);
  }
}
