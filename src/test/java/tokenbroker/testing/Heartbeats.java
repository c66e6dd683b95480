package tokenbroker.testing;

import java.util.concurrent.locks.LockSupport;

/** A background task that runs ten times a second until it is closed. */
public final class Heartbeats implements AutoCloseable {

  private final Thread thread;

  private Heartbeats(Runnable beat) {
    thread =
        Thread.ofVirtual()
            .start(
                () -> {
                  while (!Thread.currentThread().isInterrupted()) {
                    beat.run();
                    LockSupport.parkNanos(100_000_000);
                  }
                });
  }

  public static Heartbeats of(Runnable beat) {
    return new Heartbeats(beat);
  }

  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
