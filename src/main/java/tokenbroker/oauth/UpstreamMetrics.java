package tokenbroker.oauth;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import tokenbroker.clients.ClientLabels;
import tokenbroker.clients.ClientName;
import tokenbroker.tokens.FailureCause;
import tokenbroker.tokens.FailureCause.InvalidResponse;
import tokenbroker.tokens.FailureCause.Local;
import tokenbroker.tokens.FailureCause.OAuthError;
import tokenbroker.tokens.FailureCause.Outage;
import tokenbroker.tokens.FetchResult.Failed;
import tokenbroker.tokens.FetchResult.Fetched;
import tokenbroker.tokens.FetchResult.FromUpstream;

/** The metrics of requests to upstreams. Label values are configured names and fixed words. */
@ApplicationScoped
public class UpstreamMetrics {

  private static final String REQUESTS = "token_broker.upstream.requests";
  private static final String DURATION = "token_broker.upstream.duration";

  /**
   * The buckets of the duration histogram. They end at the longest sensible time limit. Their fixed
   * number bounds the series per upstream.
   */
  private static final Duration[] BUCKETS = {
    Duration.ofMillis(10),
    Duration.ofMillis(25),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(250),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofMillis(2500),
    Duration.ofSeconds(5),
    Duration.ofSeconds(10)
  };

  private final MeterRegistry registry;
  private final ClientLabels labels;
  private final Map<String, AtomicInteger> breakers = new ConcurrentHashMap<>();
  private final Map<String, AtomicLong> skewMillis = new ConcurrentHashMap<>();

  public UpstreamMetrics(MeterRegistry registry, ClientLabels labels) {
    this.registry = registry;
    this.labels = labels;
  }

  /** Records one HTTP request. A fetch that falls back to another style makes two. */
  void requested(ClientName client, String upstream, FromUpstream result, Duration took) {
    labels.change(
        client,
        label ->
            Counter.builder(REQUESTS)
                .description("Requests to TrackMage, by result")
                .tag("client", label)
                .tag("result", word(result))
                .register(registry)
                .increment());
    Timer.builder(DURATION)
        .description("Time from sending a request to TrackMage to reading its response")
        .tag("upstream", upstream)
        .serviceLevelObjectives(BUCKETS)
        .register(registry)
        .record(took);
  }

  private static String word(FromUpstream result) {
    return switch (result) {
      case Fetched _ -> "ok";
      case Failed(var cause, _, _) -> word(cause);
    };
  }

  /** Returns the contract's word for the cause (contract §6). */
  private static String word(FailureCause cause) {
    return switch (cause) {
      case OAuthError.INVALID_CLIENT -> "invalid_client";
      case OAuthError _ -> "http_4xx";
      case Outage.HTTP_429, InvalidResponse.HTTP_4XX -> "http_4xx";
      case Outage.CONNECT -> "connect";
      case Outage.TIMEOUT -> "timeout";
      case Outage _, Local _ -> "http_5xx";
      case InvalidResponse _ -> "invalid_response";
    };
  }

  /**
   * What this replica has seen of an upstream.
   *
   * @param mean the mean duration of a request since the start; zero if there was none
   * @param slowest the longest duration of a request in the last minutes
   * @param clockSkew how far its clock is ahead; null if no response told
   */
  public record Seen(
      long requests, Duration mean, Duration slowest, @Nullable Duration clockSkew) {}

  /** Returns what this replica has seen of the upstream with this name. */
  public Seen seen(String upstream) {
    var skew = skewMillis.get(upstream);
    var timer = registry.find(DURATION).tag("upstream", upstream).timer();
    return new Seen(
        timer == null ? 0 : timer.count(),
        timer == null ? Duration.ZERO : nanos(timer.mean(TimeUnit.NANOSECONDS)),
        timer == null ? Duration.ZERO : nanos(timer.max(TimeUnit.NANOSECONDS)),
        skew == null ? null : Duration.ofMillis(skew.get()));
  }

  private static Duration nanos(double nanos) {
    return Duration.ofNanos((long) nanos);
  }

  void breakerOpen(String upstream, boolean open) {
    breakers.computeIfAbsent(upstream, this::breakerGauge).set(open ? 1 : 0);
  }

  private AtomicInteger breakerGauge(String upstream) {
    var open = new AtomicInteger();
    Gauge.builder("token_broker.upstream.breaker.open", open, AtomicInteger::get)
        .description("1 while the circuit breaker of the upstream is open, otherwise 0")
        .tag("upstream", upstream)
        .strongReference(true)
        .register(registry);
    return open;
  }

  /**
   * Records the skew that the last response's {@code Date} shows.
   *
   * @param skew positive if the upstream's clock is ahead
   */
  void clockSkew(String upstream, Duration skew) {
    skewMillis.computeIfAbsent(upstream, this::skewGauge).set(skew.toMillis());
  }

  private AtomicLong skewGauge(String upstream) {
    var skew = new AtomicLong();
    Gauge.builder("token_broker.clock.skew", skew, millis -> millis.get() / 1000.0)
        .description("How far the upstream's clock is ahead, by the Date header of its responses")
        .baseUnit("seconds")
        .tag("upstream", upstream)
        .strongReference(true)
        .register(registry);
    return skew;
  }
}
