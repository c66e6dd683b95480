package tokenbroker.observability;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import tokenbroker.output.Backlog;
import tokenbroker.time.Ticker;

/** Writes audit lines on its own thread, so that no request waits for them. */
final class AuditWriter {

  /** The memory limit of the waiting entries: about 25,000 lines of typical callers. */
  private static final long MOST_BYTES = 8 * 1024 * 1024;

  private static final int AT_ONCE = 256;
  private static final Duration LOOK_EVERY = Duration.ofMillis(10);
  private static final Duration LAST_LINES = Duration.ofSeconds(2);

  private final Backlog<AuditEntry> backlog = new Backlog<>(MOST_BYTES, AuditEntry::weight);
  private final AuditLines form;
  private final AuditSink sink;
  private final Ticker ticker;
  private final Runnable caughtUp;
  private final Thread thread = Thread.ofPlatform().name("audit").daemon().unstarted(this::run);
  private volatile boolean ended;

  /** Whether the most recent lines were lost. */
  private volatile boolean failing;

  private volatile boolean writing;

  /** When the oldest of the lines being written was handed over; valid only during a write. */
  private volatile long oldestNanos;

  /**
   * Creates a writer.
   *
   * @param caughtUp called on the writer's thread when it has written all waiting lines
   */
  AuditWriter(AuditLines form, AuditSink sink, Ticker ticker, Runnable caughtUp) {
    this.form = form;
    this.sink = sink;
    this.ticker = ticker;
    this.caughtUp = caughtUp;
  }

  void start() {
    thread.start();
  }

  /** Queues an entry, or drops it. Never blocks. Returns whether the entry was queued. */
  boolean offer(AuditEntry entry) {
    return backlog.offer(entry);
  }

  /**
   * Returns whether a line that is queued now will be written in time. That requires that the
   * previous lines were written, that none has waited longer than the limit, and that there is
   * room.
   */
  boolean isKeepingUp(Duration limit) {
    return !failing
        && !(writing && ticker.now().nanos() - oldestNanos > limit.toNanos())
        && !backlog.isFull();
  }

  boolean isEmpty() {
    return backlog.isEmpty();
  }

  long dropped() {
    return backlog.dropped();
  }

  boolean isRoomy() {
    return backlog.isRoomy();
  }

  /** Writes the remaining lines if the output still accepts them, then ends. */
  void end() throws InterruptedException {
    ended = true;
    LockSupport.unpark(thread);
    thread.join(LAST_LINES);
  }

  /**
   * Polls for entries instead of waiting for a signal. A signal for each line would cost its
   * request more than everything else that the audit does for it.
   */
  private void run() {
    var entries = new ArrayList<AuditEntry>(AT_ONCE);
    while (!ended) {
      writeWaiting(entries);
      LockSupport.parkNanos(LOOK_EVERY.toNanos());
    }
    writeWaiting(entries);
  }

  private void writeWaiting(List<AuditEntry> entries) {
    backlog.take(entries, AT_ONCE);
    if (entries.isEmpty()) {
      return;
    }
    while (!entries.isEmpty()) {
      oldestNanos = entries.getFirst().handedOverNanos;
      writing = true;
      var lost = write(entries);
      failing = lost > 0;
      backlog.done(entries, lost);
      entries.clear();
      backlog.take(entries, AT_ONCE);
    }
    writing = false;
    if (!failing) {
      caughtUp.run();
    }
  }

  /**
   * Writes the lines and returns how many were lost. An error loses only its own line and never
   * stops the writer.
   */
  private int write(List<AuditEntry> entries) {
    var lines = new ArrayList<byte[]>(entries.size());
    for (var entry : entries) {
      try {
        lines.add(form.line(entry));
      } catch (Throwable _) {
        // It is counted below. It is not logged, because the log itself may have failed.
      }
    }
    return entries.size() - lines.size() + sink.write(lines);
  }
}
