package tokenbroker.output;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Writes lines to a descriptor on its own thread, so that no other thread waits. */
final class LineWriter {

  /** The maximum bytes of waiting log lines. The process holds no more, whatever it logs. */
  private static final long MOST_BYTES = 2 * 1024 * 1024;

  /** The approximate bytes of an array's header and of a queue node. */
  private static final int OVERHEAD = 64;

  private static final int AT_ONCE = 256;

  private final Backlog<byte[]> backlog = new Backlog<>(MOST_BYTES, line -> line.length + OVERHEAD);
  private final Descriptor descriptor;
  private final Runnable caughtUp;
  private final Thread thread;

  /**
   * Creates a writer.
   *
   * @param caughtUp called on the writer's thread when it has written all waiting lines
   */
  LineWriter(String name, Descriptor descriptor, Runnable caughtUp) {
    this.descriptor = descriptor;
    this.caughtUp = caughtUp;
    this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
  }

  LineWriter start() {
    thread.start();
    return this;
  }

  /** Queues a line, or drops it. Never blocks. */
  void offer(byte[] line) {
    if (backlog.offer(line)) {
      LockSupport.unpark(thread);
    }
  }

  boolean isRoomy() {
    return backlog.isRoomy();
  }

  boolean isEmpty() {
    return backlog.isEmpty();
  }

  long dropped() {
    return backlog.dropped();
  }

  private void run() {
    var lines = new ArrayList<byte[]>(AT_ONCE);
    var buffer = new LineBuffer();
    while (true) {
      backlog.take(lines, AT_ONCE);
      if (lines.isEmpty()) {
        LockSupport.park(this);
      } else {
        write(lines, buffer);
        lines.clear();
        buffer.reset();
      }
    }
  }

  /**
   * Writes the lines. An error loses only these lines, because without this thread no more lines
   * would be written.
   */
  private void write(List<byte[]> lines, LineBuffer buffer) {
    try {
      for (var line : lines) {
        buffer.write(line);
      }
      buffer.writeTo(descriptor);
    } catch (IOException | RuntimeException | Error _) {
      backlog.done(lines, lines.size()); // Not logged, because the log itself failed.
      return;
    }
    backlog.done(lines, 0);
    if (backlog.isEmpty()) {
      caughtUp.run();
    }
  }
}
