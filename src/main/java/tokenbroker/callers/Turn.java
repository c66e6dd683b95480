package tokenbroker.callers;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import tokenbroker.time.Moment;

/**
 * A permission for one thread to act, from a set moment on. The thread that takes the turn also
 * sets the next moment. Thread-safe; never blocks.
 */
final class Turn {

  private final AtomicLong nanos;

  Turn(Moment first) {
    this.nanos = new AtomicLong(first.nanos());
  }

  Moment next() {
    return new Moment(nanos.get());
  }

  void next(Moment next) {
    nanos.set(next.nanos());
  }

  boolean isDue(Moment now) {
    return !now.isBefore(next());
  }

  /**
   * Returns true to exactly one of the threads that call it while the turn is due. The next turn is
   * due after the pause.
   */
  boolean take(Moment now, Duration pause) {
    var before = nanos.get();
    return !now.isBefore(new Moment(before))
        && nanos.compareAndSet(before, now.plus(pause).nanos());
  }
}
