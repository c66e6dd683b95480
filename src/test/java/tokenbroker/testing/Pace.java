package tokenbroker.testing;

import java.time.Duration;
import tokenbroker.time.Moment;
import tokenbroker.time.Ticker;

/**
 * A constant rate. It makes up for short delays, so that the average is right. It skips calls that
 * are later than {@link #MADE_UP_FOR}: otherwise a load generator that stalled for seconds would
 * flood the broker afterwards, and no caller does that.
 */
final class Pace {

  static final Duration MADE_UP_FOR = Duration.ofMillis(100);

  private final Duration period;
  private final Ticker ticker;
  private Moment due;

  /** The first call is due now. */
  Pace(int perSecond, Ticker ticker) {
    this.period = Duration.ofSeconds(1).dividedBy(perSecond);
    this.ticker = ticker;
    this.due = ticker.now();
  }

  /** Returns the pause until the next call, which is due if it is not positive. Moves on by one. */
  Duration untilNext() {
    var now = ticker.now();
    var earliest = now.minus(MADE_UP_FOR);
    var next = due.plus(period);
    due = next.isBefore(earliest) ? earliest : next;
    return now.until(due);
  }
}
