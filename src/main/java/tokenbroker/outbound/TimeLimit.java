package tokenbroker.outbound;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A limit on everything that one request does. When it passes, its sockets are closed: a blocked
 * read, write, connect or handshake then ends with an exception.
 */
final class TimeLimit implements AutoCloseable {

  private final CompletableFuture<Void> end;

  TimeLimit(Duration limit) {
    end = new CompletableFuture<Void>().orTimeout(limit.toNanos(), TimeUnit.NANOSECONDS);
  }

  boolean hasPassed() {
    return end.isCompletedExceptionally();
  }

  /** Closes the socket when the limit passes, or at once if it has passed. */
  void covers(Socket socket) {
    onPass(() -> close(socket));
  }

  /** Runs the action when the limit passes, or at once if it has passed. It must not block. */
  void onPass(Runnable action) {
    var _ =
        end.whenComplete(
            (done, passed) -> {
              if (passed != null) {
                action.run();
              }
            });
  }

  /** Lifts the limit. */
  @Override
  public void close() {
    end.complete(null);
  }

  static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // The socket is of no use any more either way.
    }
  }
}
