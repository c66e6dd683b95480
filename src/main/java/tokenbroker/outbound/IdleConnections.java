package tokenbroker.outbound;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tokenbroker.time.Moment;
import tokenbroker.time.Ticker;

/** Idle connections that are kept for another exchange. Thread-safe. */
final class IdleConnections {

  /**
   * How long a connection is kept idle. It is shorter than the idle timeout of common servers: Node
   * and Apache 5 s, nginx 75 s.
   */
  static final Duration KEEP_ALIVE = Duration.ofSeconds(4);

  /**
   * The maximum age of a connection. A connection that is never idle for long must not outlive a
   * change of the host's addresses indefinitely.
   */
  static final Duration LONGEST_LIFE = Duration.ofMinutes(1);

  private static final int MOST = 100;

  private record Idle(HttpConnection connection, Moment since) {}

  private final Ticker ticker;
  private final Deque<Idle> idle = new ArrayDeque<>();
  private boolean sweepIsDue;
  private boolean closed;

  IdleConnections(Ticker ticker) {
    this.ticker = ticker;
  }

  /** Returns the most recently used connection of this route, or null if there is none. */
  synchronized @Nullable HttpConnection take(Route route) {
    closeExpired();
    for (Iterator<Idle> each = idle.descendingIterator(); each.hasNext(); ) {
      var connection = each.next().connection;
      if (connection.route.equals(route)) {
        each.remove();
        if (connection.isUntouched()) {
          return connection;
        }
        connection.close();
      }
    }
    return null;
  }

  synchronized void keep(HttpConnection connection) {
    var now = ticker.now();
    if (closed || !now.isBefore(connection.opened.plus(LONGEST_LIFE))) {
      connection.close();
      return;
    }
    idle.addLast(new Idle(connection, now));
    if (idle.size() > MOST) {
      idle.removeFirst().connection.close();
    }
    sweepLater();
  }

  private void sweepLater() {
    if (!sweepIsDue) {
      sweepIsDue = true;
      CompletableFuture.delayedExecutor(KEEP_ALIVE.toMillis(), TimeUnit.MILLISECONDS)
          .execute(this::sweep);
    }
  }

  private synchronized void sweep() {
    sweepIsDue = false;
    closeExpired();
    if (!idle.isEmpty()) {
      sweepLater();
    }
  }

  private void closeExpired() {
    var now = ticker.now();
    while (!idle.isEmpty() && !now.isBefore(idle.getFirst().since.plus(KEEP_ALIVE))) {
      idle.removeFirst().connection.close();
    }
  }

  synchronized void close() {
    closed = true;
    idle.forEach(each -> each.connection.close());
    idle.clear();
  }
}
