package tokenbroker.oauth;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;
import tokenbroker.outbound.Reply.Answered;

/**
 * The difference between an upstream's clock and ours, measured by the {@code Date} of its
 * responses.
 */
public final class ClockSkew {

  /** The largest skew that needs no action by an operator; far above the error of the estimate. */
  private static final Duration TOLERATED = Duration.ofSeconds(5);

  /** The average part of a second that {@code Date}, in whole seconds, leaves out. */
  private static final Duration CUT_OFF = Duration.ofMillis(500);

  private static final Logger LOG = Logger.getLogger(ClockSkew.class);

  private final String upstream;
  private final UpstreamMetrics metrics;
  private final AtomicBoolean tooFar = new AtomicBoolean();

  public ClockSkew(String upstream, UpstreamMetrics metrics) {
    this.upstream = upstream;
    this.metrics = metrics;
  }

  void observe(Answered answer) {
    answer
        .headers()
        .firstValue("Date")
        .flatMap(date -> HttpDate.parse(date, answer.receivedAt()))
        .ifPresent(date -> report(skew(date, answer)));
  }

  /** Returns the skew, which is positive if the upstream's clock is ahead. */
  private static Duration skew(Instant date, Answered answer) {
    var roundTrip = Duration.between(answer.sentAt(), answer.receivedAt());
    var midpoint = answer.sentAt().plus(roundTrip.dividedBy(2));
    return Duration.between(midpoint, date.plus(CUT_OFF));
  }

  private void report(Duration skew) {
    metrics.clockSkew(upstream, skew);
    var beyond = skew.abs().compareTo(TOLERATED) > 0;
    if (tooFar.getAndSet(beyond) != beyond && beyond) {
      LOG.warnf(
          "The clocks of upstream %s and of this replica differ by %d s. Tokens may expire earlier or later than"
              + " expected. Check the time synchronization of both",
          upstream, skew.toSeconds());
    }
  }
}
