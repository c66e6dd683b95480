package tokenbroker.callers;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import tokenbroker.time.Moment;

/**
 * The moment from which one thread may do something. The thread that takes the turn sets the next
 * moment with it. Thread-safe; never blocks.
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
   * Returns true to one of all who come while the turn is due. The next one is due after a pause.
   */
  boolean take(Moment now, Duration pause) {
    var before = nanos.get();
    return !now.isBefore(new Moment(before))
        && nanos.compareAndSet(before, now.plus(pause).nanos());
  }
}
