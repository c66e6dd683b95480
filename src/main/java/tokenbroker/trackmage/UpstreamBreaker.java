package tokenbroker.trackmage;

import io.smallrye.faulttolerance.api.CircuitBreakerState;
import io.smallrye.faulttolerance.api.TypedGuard;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.eclipse.microprofile.faulttolerance.exceptions.CircuitBreakerOpenException;
import org.jboss.logging.Logger;
import tokenbroker.tokens.FetchResult.Fetched;
import tokenbroker.tokens.FetchResult.FromUpstream;
import tokenbroker.tokens.FetchResult.InvalidResponse;
import tokenbroker.tokens.FetchResult.Rejected;
import tokenbroker.tokens.FetchResult.TimedOut;
import tokenbroker.tokens.FetchResult.Unavailable;

/**
 * Keeps many clients from besieging an upstream that is down. It opens on connect failures,
 * time-outs and 5xx alone: an upstream that answers, whatever it says, is up.
 *
 * <p>Each client already backs off by itself, so the breaker matters where many clients share an
 * upstream. It must never keep a client waiting longer than that client's own back-off would: hence
 * a pause of half the first back-off, one second at most, and one trial that closes it again.
 */
final class UpstreamBreaker {

  /** So many requests are looked at: a client alone is at its longest back-off before they fill. */
  private static final int WINDOW = 20;

  private static final double FAILURE_RATIO = 0.5;
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);
  private static final Logger LOG = Logger.getLogger(UpstreamBreaker.class);

  private final String upstream;
  private final UpstreamMetrics metrics;
  private final Duration pause;
  private final TypedGuard<FromUpstream> guard;
  private final AtomicBoolean closed = new AtomicBoolean(true);

  /** By {@link System#nanoTime}, as the guard itself counts. */
  private volatile long trialDue;

  UpstreamBreaker(String upstream, Duration firstBackoff, UpstreamMetrics metrics) {
    this.upstream = upstream;
    this.metrics = metrics;
    var half = firstBackoff.dividedBy(2);
    this.pause = half.compareTo(LONGEST_PAUSE) < 0 ? half : LONGEST_PAUSE;
    this.guard =
        TypedGuard.create(FromUpstream.class)
            .withCircuitBreaker()
            .requestVolumeThreshold(WINDOW)
            .failureRatio(FAILURE_RATIO)
            .delay(pause.toMillis(), ChronoUnit.MILLIS)
            .successThreshold(1)
            .failOn(UpstreamDown.class)
            .onStateChange(this::changed)
            .done()
            .build();
    metrics.breakerOpen(upstream, false);
  }

  FromUpstream call(Supplier<FromUpstream> fetch) {
    try {
      return guard.get(() -> answeredOrThrow(fetch.get()));
    } catch (UpstreamDown down) {
      return down.result;
    } catch (CircuitBreakerOpenException open) {
      return new Unavailable("breaker_open", untilTrial());
    }
  }

  private static FromUpstream answeredOrThrow(FromUpstream result) {
    if (isOutage(result)) {
      throw new UpstreamDown(result);
    }
    return result;
  }

  private static boolean isOutage(FromUpstream result) {
    return switch (result) {
      case TimedOut _ -> true;
      case Unavailable(var reason, _) ->
          reason.equals(TokenAnswers.CONNECT) || reason.equals(TokenAnswers.HTTP_5XX);
      case Fetched _, Rejected _, InvalidResponse _ -> false;
    };
  }

  /** While a trial is under way its end is not known: another pause is as good a guess as any. */
  private Duration untilTrial() {
    var left = Duration.ofNanos(trialDue - System.nanoTime());
    return left.isPositive() ? left : pause;
  }

  private void changed(CircuitBreakerState state) {
    if (state == CircuitBreakerState.OPEN) {
      trialDue = System.nanoTime() + pause.toNanos();
    }
    var nowClosed = state == CircuitBreakerState.CLOSED;
    if (closed.getAndSet(nowClosed) == nowClosed) {
      return;
    }
    metrics.breakerOpen(upstream, !nowClosed);
    if (nowClosed) {
      LOG.infof("Upstream %s answers again", upstream);
    } else {
      LOG.warnf("Upstream %s is down: it is tried again now and then", upstream);
    }
  }

  /** Carries a failed result through the guard, which counts exceptions only. */
  private static final class UpstreamDown extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final transient FromUpstream result;

    UpstreamDown(FromUpstream result) {
      super(null, null, false, false);
      this.result = result;
    }
  }
}
