package tokenbroker.time;

import java.time.Clock;
import java.time.Instant;

/**
 * The wall clock and the monotonic ticker, for code that needs both.
 *
 * @param clock for instants that people and other processes see
 * @param ticker for durations
 */
public record Clocks(Clock clock, Ticker ticker) {

  public Now now() {
    return new Now(clock.instant(), ticker.now());
  }

  public Instant wall() {
    return clock.instant();
  }

  public Moment moment() {
    return ticker.now();
  }
}
