package tokenbroker.testing;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import javax.net.SocketFactory;

/** Callers that send requests continuously, each on one connection that stays open. */
public final class OpenCallers implements AutoCloseable {

  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<RawConnection> connections = new ArrayList<>();
  private final AtomicInteger answered = new AtomicInteger();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private volatile boolean ended;

  /** Starts the callers after each of them has received one response. */
  public OpenCallers(int callers, SocketFactory sockets, int port, String request) {
    for (var i = 0; i < callers; i++) {
      var connection = new RawConnection(sockets, port);
      connections.add(connection);
      if (connection.send(request).answer().status() != 200) {
        throw new IllegalStateException("a caller is not served at all");
      }
    }
    connections.forEach(connection -> threads.execute(() -> ask(connection, request)));
  }

  private void ask(RawConnection connection, String request) {
    while (!ended) {
      try {
        var answer = connection.send(request).answer();
        if (answer.status() != 200) {
          failures.add(answer.status() + " " + answer.body());
        }
        answered.incrementAndGet();
      } catch (RuntimeException e) {
        failures.add(e.toString());
        return; // Its connection is lost.
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  public int answered() {
    return answered.get();
  }

  /** Returns the reason of each call that failed. */
  public Collection<String> failures() {
    return List.copyOf(failures);
  }

  @Override
  public void close() {
    ended = true;
    threads.shutdown();
    try {
      threads.awaitTermination(60, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    connections.forEach(RawConnection::close);
  }
}
