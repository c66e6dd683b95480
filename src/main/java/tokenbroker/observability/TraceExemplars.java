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
 * Exemplars: one trace per bucket of a histogram, so that whoever sees a slow bucket finds a
 * request that is in it. A sample without a trace costs one look at a thread's own field.
 */
@Singleton
@Typed(TraceExemplars.class)
public class TraceExemplars implements ExemplarSampler {

  /** One that is younger stays: a scrape sees one of them anyway. */
  private static final long KEPT_FOR = Duration.ofSeconds(7).toMillis();

  private final Clock clock;

  /**
   * What is being recorded on this thread. Set to null and never removed, for that would allocate.
   */
  private final ThreadLocal<@Nullable String> traceId = new ThreadLocal<>();

  public TraceExemplars(Clock clock) {
    this.clock = clock;
  }

  /** The registry takes this one in place of the framework's, which looks for a current span. */
  @Produces
  @Alternative
  @Priority(1)
  Optional<ExemplarSampler> sampler() {
    return Optional.of(this);
  }

  /**
   * Records a duration.
   *
   * @param recordedTrace the trace in which it can be found; null if no trace was recorded
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

  /** Counters have none: a count says nothing of one request. */
  @Override
  public @Nullable Exemplar sample(double increment, @Nullable Exemplar previous) {
    return null;
  }

  private @Nullable Exemplar next(double value, String id, @Nullable Exemplar previous) {
    var now = clock.millis(); // Prometheus sees it, so this is wall time.
    var isFresh =
        previous != null
            && previous.getTimestampMs() != null
            && Math.abs(now - previous.getTimestampMs()) < KEPT_FOR;
    return isFresh ? null : new Exemplar(value, now, "trace_id", id);
  }
}
