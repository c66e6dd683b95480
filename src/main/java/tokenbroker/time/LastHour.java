package tokenbroker.time;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * A count of events in the last hour. It forgets them in steps of five minutes, so it covers 55 to
 * 60 minutes. Thread-safe. Adding takes a lock only at the first event of a step.
 */
public final class LastHour {

  /** The length of a step. */
  public static final Duration STEP = Duration.ofMinutes(5);

  private static final int STEPS = 12;

  /** The counts by step; the step {@code n} is at {@code n % STEPS}. */
  private final AtomicIntegerArray counts = new AtomicIntegerArray(STEPS);

  /** The step of the last event. */
  private volatile long current;

  public LastHour(Moment now) {
    current = step(now);
  }

  public void add(Moment now) {
    var step = step(now);
    if (step != current) {
      advance(step);
    }
    counts.incrementAndGet(place(step));
  }

  /** Returns the number of events in the last hour. */
  public long sum(Moment now) {
    var last = current;
    var sum = 0L;
    for (var step = Math.max(last, step(now)) - STEPS + 1; step <= last; step++) {
      sum += counts.get(place(step));
    }
    return sum;
  }

  /** Returns the number of events in the last complete step. */
  public int lastStep(Moment now) {
    var step = step(now) - 1;
    return step > current || step <= current - STEPS ? 0 : counts.get(place(step));
  }

  /** Clears the steps between the last event and this one. */
  private synchronized void advance(long step) {
    for (var cleared = Math.max(current, step - STEPS) + 1; cleared <= step; cleared++) {
      counts.set(place(cleared), 0);
    }
    current = Math.max(current, step);
  }

  private static int place(long step) {
    return (int) Math.floorMod(step, (long) STEPS);
  }

  private static long step(Moment now) {
    return Math.floorDiv(now.nanos(), STEP.toNanos());
  }
}
