package tokenbroker.server;

import io.netty.channel.EventLoop;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Checks the deadlines of an event loop's connections once a second, while there are any. So no
 * request costs a timer or reads a clock. It is used only on that event loop.
 */
final class Sweep {

  /** A connection with a deadline. */
  interface Watched {
    boolean isOverdue(int second);

    void end();
  }

  private final Set<Watched> connections = new LinkedHashSet<>();
  private final Consumer<Runnable> inASecond;
  private boolean isDue;
  private int second;

  /**
   * Creates a sweep.
   *
   * @param inASecond runs a task in a second
   */
  Sweep(Consumer<Runnable> inASecond) {
    this.inASecond = inASecond;
  }

  static Sweep on(EventLoop loop) {
    return new Sweep(
        task -> {
          var _ = loop.schedule(task, 1, TimeUnit.SECONDS);
        });
  }

  /**
   * Returns the seconds that were counted while there were connections: the clock of the deadlines.
   */
  int second() {
    return second;
  }

  void add(Watched connection) {
    connections.add(connection);
    goOn();
  }

  void remove(Watched connection) {
    connections.remove(connection);
  }

  private void goOn() {
    if (!isDue && !connections.isEmpty()) {
      isDue = true;
      inASecond.accept(this::run);
    }
  }

  private void run() {
    isDue = false;
    second++;
    try {
      connections.stream()
          .filter(connection -> connection.isOverdue(second))
          .toList() // A copy, because ending a connection removes it.
          .forEach(Watched::end);
    } finally {
      goOn();
    }
  }
}
