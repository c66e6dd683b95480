package tokenbroker.testing;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import tokenbroker.time.Clocks;
import tokenbroker.time.Moment;
import tokenbroker.time.Ticker;

/** A wall clock and a monotonic ticker that move only when a test moves them. */
public final class SettableClock extends Clock implements Ticker {

  private final AtomicReference<Instant> now;
  private final AtomicReference<Moment> moment = new AtomicReference<>(new Moment(0));

  public SettableClock(Instant now) {
    this.now = new AtomicReference<>(now);
  }

  public SettableClock() {
    this(Instant.parse("2026-11-23T12:00:00Z"));
  }

  /** Moves the wall clock and the ticker forward. */
  public void advance(Duration duration) {
    now.updateAndGet(instant -> instant.plus(duration));
    moment.updateAndGet(before -> before.plus(duration));
  }

  /** Changes the wall clock alone, like an operator. A negative duration sets it back. */
  public void step(Duration duration) {
    now.updateAndGet(instant -> instant.plus(duration));
  }

  public Clocks clocks() {
    return new Clocks(this, this);
  }

  @Override
  public Moment now() {
    return Objects.requireNonNull(moment.get());
  }

  @Override
  public Instant instant() {
    return Objects.requireNonNull(now.get());
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    throw new UnsupportedOperationException();
  }
}
