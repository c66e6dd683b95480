package tokenbroker.trackmage;

import io.smallrye.faulttolerance.api.CircuitBreakerState;
import io.smallrye.faulttolerance.api.Guard;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.eclipse.microprofile.faulttolerance.exceptions.CircuitBreakerOpenException;
import tokenbroker.clients.Upstream;
import tokenbroker.tokens.FetchResult;
import tokenbroker.tokens.FetchResult.TimedOut;
import tokenbroker.tokens.FetchResult.Unavailable;

/**
 * One circuit breaker per upstream host, so that a host that is down is not asked by every client
 * in turn. Only what says that the host is down counts: connecting, time-outs, 5xx. A client's own
 * trouble, a bad secret say, never harms its neighbours.
 */
@Singleton
class Breakers {

  /**
   * Shorter than all but the first back-off of a client, so that the breaker never delays a
   * client's next attempt.
   */
  private static final long OPEN_MILLIS = 1_000;

  private static final int LAST_REQUESTS = 20;
  private static final double FAILED = 0.5;

  private final UpstreamMetrics metrics;
  private final Map<Upstream, Guard> guards = new ConcurrentHashMap<>();

  Breakers(UpstreamMetrics metrics) {
    this.metrics = metrics;
  }

  FetchResult guarded(Upstream upstream, Supplier<FetchResult> request) {
    try {
      return guards
          .computeIfAbsent(upstream, this::guard)
          .call(
              () -> {
                var result = request.get();
                if (tellsOfTheHost(result)) {
                  throw new HostDown(result);
                }
                return result;
              },
              FetchResult.class);
    } catch (HostDown e) {
      return e.result;
    } catch (CircuitBreakerOpenException e) {
      return new Unavailable("breaker_open", Duration.ofMillis(OPEN_MILLIS));
    } catch (Exception e) {
      throw new IllegalStateException("a token request failed in a way that it cannot", e);
    }
  }

  private Guard guard(Upstream upstream) {
    metrics.breaker(upstream.name(), false);
    return Guard.create()
        .withCircuitBreaker()
        .requestVolumeThreshold(LAST_REQUESTS)
        .failureRatio(FAILED)
        .delay(OPEN_MILLIS, ChronoUnit.MILLIS)
        .failOn(HostDown.class)
        .onStateChange(state -> metrics.breaker(upstream.name(), state == CircuitBreakerState.OPEN))
        .done()
        .build();
  }

  private static boolean tellsOfTheHost(FetchResult result) {
    return result instanceof TimedOut
        || (result instanceof Unavailable(var reason, _) && !reason.equals("http_429"));
  }

  /** Carries a result past the breaker. */
  private static final class HostDown extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final transient FetchResult result;

    HostDown(FetchResult result) {
      super(null, null, false, false);
      this.result = result;
    }
  }
}
