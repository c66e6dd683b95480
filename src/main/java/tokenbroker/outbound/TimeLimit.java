package tokenbroker.outbound;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A time limit on one whole request. When it passes, it closes the request's sockets. A blocked
 * read, write, connect or handshake then ends with an exception.
 */
final class TimeLimit implements AutoCloseable {

  /** The number of slices in which the limit is counted. */
  private static final int SLICES = 8;

  /**
   * The maximum number of slices that may be ignored. A slice is ignored if it took far too long,
   * because the process stood still.
   */
  private static final int MOST_SKIPPED = 2;

  private final CompletableFuture<Void> end = new CompletableFuture<>();
  private final long slice;

  /**
   * Starts the limit. A process that was suspended or had no processor still finds the answer that
   * arrived meanwhile. It must not mistake its own delay for the server's.
   */
  TimeLimit(Duration limit) {
    slice = Math.max(0, limit.toNanos() / SLICES);
    count(slice == 0 ? 0 : SLICES, MOST_SKIPPED);
  }

  private void count(int slicesLeft, int mayBeSkipped) {
    if (slicesLeft == 0) {
      end.completeExceptionally(new TimeoutException());
    }
    if (end.isDone()) {
      return;
    }
    var begun = System.nanoTime();
    CompletableFuture.delayedExecutor(slice, TimeUnit.NANOSECONDS, Runnable::run)
        .execute(
            () -> {
              var stoodStill = System.nanoTime() - begun > 2 * slice && mayBeSkipped > 0;
              count(stoodStill ? slicesLeft : slicesLeft - 1, mayBeSkipped - (stoodStill ? 1 : 0));
            });
  }

  boolean hasPassed() {
    return end.isCompletedExceptionally();
  }

  /** Closes the socket when the limit passes, or at once if it has already passed. */
  void covers(Socket socket) {
    onPass(() -> close(socket));
  }

  /**
   * Runs the action when the limit passes, or at once if it has already passed. The action must not
   * block.
   */
  void onPass(Runnable action) {
    var _ =
        end.whenComplete(
            (done, passed) -> {
              if (passed != null) {
                action.run();
              }
            });
  }

  /** Cancels the limit. */
  @Override
  public void close() {
    end.complete(null);
  }

  static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // The socket is useless in either case.
    }
  }
}
