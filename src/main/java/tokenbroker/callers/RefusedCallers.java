package tokenbroker.callers;

import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jboss.logging.Logger;
import tokenbroker.callers.Verification.Refused;
import tokenbroker.time.Moment;
import tokenbroker.time.Ticker;

/**
 * The log of refused callers. It logs the first refusal of each issuer and reason at once. Then it
 * logs at most one per minute, with the number of those in between. So a flood of bad tokens writes
 * as little as one bad token.
 */
@ApplicationScoped
public class RefusedCallers {

  private static final Logger LOG = Logger.getLogger(RefusedCallers.class);
  private static final Duration PAUSE = Duration.ofMinutes(1);

  private final Ticker ticker;

  /** The issuers in the configuration and the reasons bound its size. */
  private final ConcurrentMap<Kind, LastLine> last = new ConcurrentHashMap<>();

  RefusedCallers(Ticker ticker) {
    this.ticker = ticker;
  }

  /**
   * Logs the refusal, unless one of its kind was logged within the last minute.
   *
   * @param traceId the trace id in the answer to the caller
   * @return how many of its kind were not logged since the previous line; empty if this refusal is
   *     not logged. The audit uses it to keep the same rate.
   */
  public OptionalLong log(Refused refused, String traceId) {
    var now = ticker.now();
    var kind = new Kind(refused.issuer(), refused.reason());
    var next =
        last.compute(
            kind,
            (_, before) ->
                before == null
                    ? new LastLine(now, 0, 0)
                    : before.at.plus(PAUSE).compareTo(now) <= 0
                        ? new LastLine(now, 0, before.since)
                        : new LastLine(before.at, before.since + 1, before.skipped));
    if (next.since > 0) {
      return OptionalLong.empty();
    }
    LOG.warnf(
        "Rejected a caller of issuer %s (%s): %s. trace_id %s.%s",
        refused.issuer(),
        refused.reason().label(),
        refused.difference(),
        traceId,
        next.skipped == 0
            ? ""
            : " " + next.skipped + " more rejections of this kind since the last such line.");
    return OptionalLong.of(next.skipped);
  }

  private record Kind(String issuer, Refusal reason) {}

  /**
   * The last log line of a kind.
   *
   * @param since refusals since that line
   * @param skipped refusals between that line and the one before it
   */
  private record LastLine(Moment at, long since, long skipped) {}
}
