package tokenbroker.redis;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;

/**
 * The event loop that all connections to Redis share, and its time limits. A limit is counted in
 * ticks of the loop. If the process lacks CPU time, a late loop counts a single tick for the delay
 * and reads the responses that arrived meanwhile. A limit therefore measures Redis, not this
 * process.
 */
final class EventLoop {

  private static final Duration TICK = Duration.ofMillis(50);

  private final Vertx vertx;
  private final Context context;

  EventLoop(Vertx vertx) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
  }

  /**
   * Runs the work on the loop.
   *
   * @return false if the loop no longer exists, as when the process ends
   */
  boolean run(Runnable work) {
    try {
      context.runOnContext(begun -> work.run());
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  /** Runs the work after a pause. Must be called on the loop. */
  void after(Duration pause, Runnable work) {
    vertx.setTimer(pause.toMillis(), timer -> work.run());
  }

  /** Runs {@code late} unless the future completes within the limit. Must be called on the loop. */
  void limit(Future<?> future, Duration limit, Runnable late) {
    tick(future, limit.dividedBy(TICK), late);
  }

  private void tick(Future<?> future, long left, Runnable late) {
    if (future.isComplete()) {
      return;
    }
    if (left == 0) {
      late.run();
    } else {
      after(TICK, () -> tick(future, left - 1, late));
    }
  }
}
