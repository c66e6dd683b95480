package tokenbroker.server;

import io.netty.channel.EventLoop;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The deadlines of an event loop's connections, looked at once a second: no request costs a timer
 * or reads a clock. It is used on that event loop alone.
 */
final class Sweep {

  /** A connection that may be late. */
  interface Watched {
    boolean isOverdue(int second);

    void end();
  }

  private final Set<Watched> connections = new LinkedHashSet<>();
  private int second;

  static Sweep on(EventLoop loop) {
    var sweep = new Sweep();
    var _ = loop.scheduleAtFixedRate(sweep::run, 1, 1, TimeUnit.SECONDS);
    return sweep;
  }

  /** The seconds that this event loop has counted: the clock of the deadlines. */
  int second() {
    return second;
  }

  void add(Watched connection) {
    connections.add(connection);
  }

  void remove(Watched connection) {
    connections.remove(connection);
  }

  void run() {
    second++;
    connections.stream()
        .filter(connection -> connection.isOverdue(second))
        .toList() // Ending one removes it.
        .forEach(Watched::end);
  }
}
