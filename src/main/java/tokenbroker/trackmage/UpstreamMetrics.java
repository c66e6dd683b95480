package tokenbroker.trackmage;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jboss.logging.Logger;
import tokenbroker.clients.ClientDirectory;
import tokenbroker.clients.ClientName;
import tokenbroker.tokens.FetchResult;
import tokenbroker.tokens.FetchResult.Fetched;
import tokenbroker.tokens.FetchResult.InvalidResponse;
import tokenbroker.tokens.FetchResult.Rejected;
import tokenbroker.tokens.FetchResult.TimedOut;
import tokenbroker.tokens.FetchResult.Unavailable;
import tokenbroker.tokens.OAuthError;

/** What requests to TrackMage come to. Labels are configured names and words from here. */
@Singleton
class UpstreamMetrics {

  private static final Logger LOG = Logger.getLogger(UpstreamMetrics.class);
  private static final Duration SKEW_TO_SPEAK_OF = Duration.ofSeconds(5);
  private static final Duration[] BUCKETS =
      List.of(10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000).stream()
          .map(Duration::ofMillis)
          .toArray(Duration[]::new);

  private final MeterRegistry registry;
  private final Map<String, AtomicLong> skews = new ConcurrentHashMap<>();
  private final Map<String, AtomicLong> breakers = new ConcurrentHashMap<>();

  UpstreamMetrics(MeterRegistry registry, ClientDirectory clients) {
    this.registry = registry;
    clients.onRemoved(this::forget);
  }

  void asked(ClientName client, String upstream, FetchResult result, Duration took) {
    registry
        .counter(
            "token_broker.upstream.requests", "client", client.value(), "result", label(result))
        .increment();
    Timer.builder("token_broker.upstream.duration")
        .description("From a token request sent to its whole answer read, or given up")
        .tag("upstream", upstream)
        .serviceLevelObjectives(BUCKETS)
        .register(registry)
        .record(took);
  }

  /**
   * Notes how far the upstream's clock is from ours.
   *
   * @param skew positive where the upstream is ahead
   */
  void skew(String upstream, Duration skew) {
    var known =
        skews.computeIfAbsent(
            upstream, name -> gauge("token_broker.clock.skew.seconds", name, 1e-3));
    var before = Duration.ofMillis(known.getAndSet(skew.toMillis()));
    if (isLarge(skew) && !isLarge(before)) {
      LOG.warnf("The clock of upstream %s is %d s from ours", upstream, skew.toSeconds());
    }
  }

  void breaker(String upstream, boolean open) {
    breakers
        .computeIfAbsent(upstream, name -> gauge("token_broker.upstream.breaker.open", name, 1))
        .set(open ? 1 : 0);
  }

  private void forget(ClientName client) {
    registry
        .find("token_broker.upstream.requests")
        .tag("client", client.value())
        .meters()
        .forEach(registry::remove);
  }

  private AtomicLong gauge(String name, String upstream, double unit) {
    var value = new AtomicLong();
    Gauge.builder(name, value, v -> (double) v.get() * unit)
        .tag("upstream", upstream)
        .register(registry);
    return value;
  }

  private static boolean isLarge(Duration skew) {
    return skew.abs().compareTo(SKEW_TO_SPEAK_OF) > 0;
  }

  private static String label(FetchResult result) {
    return switch (result) {
      case Fetched _ -> "ok";
      case Rejected(var error) ->
          error == OAuthError.INVALID_CLIENT ? "invalid_client" : "http_4xx";
      case InvalidResponse(var reason) ->
          reason.startsWith("http_4") ? "http_4xx" : "invalid_response";
      case TimedOut _ -> "timeout";
      case Unavailable(var reason, _) ->
          switch (reason) {
            case "connect" -> "connect";
            case "http_429" -> "http_4xx";
            default -> "http_5xx";
          };
    };
  }
}
