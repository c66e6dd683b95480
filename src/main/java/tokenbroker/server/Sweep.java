package tokenbroker.server;

import io.netty.channel.EventLoop;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Checks the deadlines of an event loop's connections once a second. So no request costs a timer or
 * reads a clock. It is used only on that event loop.
 */
final class Sweep {

  /** A connection with a deadline. */
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

  /** Returns the seconds that this event loop has counted: the clock of the deadlines. */
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
        .toList() // A copy, because ending a connection removes it.
        .forEach(Watched::end);
  }
}
