package tokenbroker.http;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tokenbroker.callers.Caller;
import tokenbroker.callers.CallerRule;
import tokenbroker.clients.ClientLabels;
import tokenbroker.clients.ClientName;
import tokenbroker.observability.TraceExemplars;

/**
 * The metrics of requests and their outcomes. Labels are configured names and patterns, so the
 * clients file bounds their number.
 */
@Singleton
class RequestMetrics {

  private static final Duration[] BUCKETS =
      List.of(1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000).stream()
          .map(Duration::ofMillis)
          .toArray(Duration[]::new);

  private final MeterRegistry registry;
  private final ClientLabels labels;
  private final TraceExemplars exemplars;
  private final Map<Series, Counter> requests = new ConcurrentHashMap<>();
  private final Map<String, Timer> durations = new ConcurrentHashMap<>();

  RequestMetrics(MeterRegistry registry, ClientLabels labels, TraceExemplars exemplars) {
    this.registry = registry;
    this.exemplars = exemplars;
    this.labels = labels;
    labels.onEnded(this::forget);
  }

  /**
   * Counts and times a request that was allowed.
   *
   * @param recordedTrace the recorded trace of the request; null if no trace was recorded
   */
  void answered(
      ClientName client,
      CallerRule rule,
      String outcome,
      long nanos,
      @Nullable String recordedTrace) {
    var counter = requests.get(new Series(labels.of(client), rule, outcome));
    if (counter != null) {
      counter.increment();
    } else {
      labels.change(
          client,
          label ->
              requests
                  .computeIfAbsent(new Series(label, rule, outcome), this::counter)
                  .increment());
    }
    exemplars.record(durations.computeIfAbsent(outcome, this::timer), nanos, recordedTrace);
  }

  void denied(ClientName client) {
    labels.change(client, this::countDenied);
  }

  void deniedUnknown() {
    countDenied("unknown");
  }

  private void countDenied(String client) {
    Counter.builder("token_broker.authorization.denied")
        .description("Requests of callers that no rule of the client allows")
        .tag("client", client)
        .register(registry)
        .increment();
  }

  void rateLimited(Caller caller) {
    Counter.builder("token_broker.rate.limited")
        .description("Requests above the rate limit of their caller, by the caller's issuer")
        .tag("caller", caller.issuer())
        .register(registry)
        .increment();
  }

  private void forget(ClientName client) {
    requests.keySet().removeIf(series -> series.client.equals(client.value()));
  }

  private Counter counter(Series series) {
    return Counter.builder("token_broker.requests")
        .description("Allowed requests, by outcome")
        .tag("client", series.client)
        .tag("caller", series.rule.label())
        .tag("outcome", series.outcome)
        .register(registry);
  }

  private Timer timer(String outcome) {
    return Timer.builder("token_broker.request.duration")
        .description("Time from reading the head of a request to creating its response")
        .tag("outcome", outcome)
        .serviceLevelObjectives(BUCKETS)
        .register(registry);
  }

  private record Series(String client, CallerRule rule, String outcome) {}
}
