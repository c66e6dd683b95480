package tokenbroker.outbound;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Connects to the first of several addresses that opens a connection. It tries the next address
 * when one has failed, or has not connected within {@link #HEAD_START} (RFC 8305 §5). So an address
 * that hangs delays the request only by that time.
 */
final class Race {

  static final Duration HEAD_START = Duration.ofMillis(250);

  private static final ThreadFactory THREADS = Thread.ofVirtual().name("connect ", 0).factory();

  private final Connector connector;
  private final Route route;
  private final TimeLimit limit;
  private final Iterator<InetAddress> addresses;
  private final List<Attempt> attempts = new ArrayList<>();
  private final BlockingQueue<Attempt> finished = new LinkedBlockingQueue<>();

  Race(Connector connector, Route route, List<InetAddress> addresses, TimeLimit limit) {
    this.connector = connector;
    this.route = route;
    this.limit = limit;
    this.addresses = addresses.iterator();
  }

  /**
   * Returns an open connection. Blocks until the race is decided.
   *
   * @throws IOException the last fault, if no address opened a connection
   */
  HttpConnection decide() throws IOException, InterruptedException {
    Attempt winner = null;
    try {
      Throwable fault = new ConnectException("no address was tried");
      for (var running = start(); running > 0; running += start()) {
        var attempt = next();
        if (attempt == null) {
          continue;
        }
        if (attempt.connection != null) {
          winner = attempt;
          return attempt.connection;
        }
        fault = attempt.fault == null ? fault : attempt.fault;
        running--;
      }
      if (fault instanceof IOException known) {
        throw known;
      }
      throw new IllegalStateException("an attempt to connect failed unexpectedly", fault);
    } finally {
      for (var attempt : attempts) {
        if (attempt != winner) {
          attempt.abandon();
        }
      }
    }
  }

  /**
   * Starts the next attempt. Returns the number of started attempts: one, or zero if no address or
   * no time is left.
   */
  private int start() {
    if (!addresses.hasNext() || limit.hasPassed()) {
      return 0;
    }
    var attempt = new Attempt(addresses.next());
    attempts.add(attempt);
    THREADS.newThread(attempt).start();
    return 1;
  }

  /**
   * Waits for an attempt to finish. Returns null if it is time to try another address concurrently.
   */
  private @Nullable Attempt next() throws InterruptedException {
    return addresses.hasNext()
        ? finished.poll(HEAD_START.toNanos(), TimeUnit.NANOSECONDS)
        : finished.take();
  }

  private final class Attempt implements Runnable {
    private final InetAddress address;
    private volatile boolean abandoned;
    private volatile @Nullable Socket socket;
    private @Nullable HttpConnection connection;
    private @Nullable Throwable fault;

    Attempt(InetAddress address) {
      this.address = address;
    }

    @Override
    public void run() {
      try {
        connection = connector.connect(route, address, this::opens);
      } catch (IOException | RuntimeException | Error e) {
        fault = e; // Rethrown on the waiting thread.
      }
      finished.add(this);
    }

    private void opens(Socket opened) {
      socket = opened;
      limit.covers(opened);
      if (abandoned) {
        TimeLimit.close(opened);
      }
    }

    private void abandon() {
      abandoned = true;
      var opened = socket;
      if (opened != null) {
        TimeLimit.close(opened);
      }
    }
  }
}
