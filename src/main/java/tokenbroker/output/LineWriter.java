package tokenbroker.output;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Writes lines to a descriptor from a thread of its own. Nobody else waits for that. */
final class LineWriter {

  /** The process is to hold no more of its log than this, whatever it logs. */
  private static final long MOST_BYTES = 2 * 1024 * 1024;

  /** An array and a queue's node, roughly. */
  private static final int OVERHEAD = 64;

  private static final int AT_ONCE = 256;

  private final Backlog<byte[]> backlog = new Backlog<>(MOST_BYTES, line -> line.length + OVERHEAD);
  private final Descriptor descriptor;
  private final Runnable caughtUp;
  private final Thread thread;

  /**
   * @param caughtUp called on the writer's thread when it has written all that waited
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

  /** Hands a line over, or drops it. Never blocks. */
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

  /** An error ends these lines alone: without the writer no line would be written any more. */
  private void write(List<byte[]> lines, LineBuffer buffer) {
    try {
      for (var line : lines) {
        buffer.write(line);
      }
      buffer.writeTo(descriptor);
    } catch (IOException | RuntimeException | Error _) {
      backlog.done(lines, lines.size()); // Not logged: it is the log that fails.
      return;
    }
    backlog.done(lines, 0);
    if (backlog.isEmpty()) {
      caughtUp.run();
    }
  }
}
