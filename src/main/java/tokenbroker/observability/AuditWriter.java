package tokenbroker.observability;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import tokenbroker.output.Backlog;
import tokenbroker.time.Ticker;

/** Writes audit lines behind the requests, on a thread of its own. */
final class AuditWriter {

  /** Some 25,000 lines of usual callers. */
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

  /** Whether the last lines were lost. */
  private volatile boolean failing;

  private volatile boolean writing;

  /** While lines are being written: when the oldest of them was handed over. */
  private volatile long oldestNanos;

  /**
   * @param caughtUp called on the writer's thread when it has written all that waited
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

  /** Hands an entry over, or drops it. Never blocks. Returns whether it was taken. */
  boolean offer(AuditEntry entry) {
    return backlog.offer(entry);
  }

  /**
   * Whether a line that is handed over now is written in good time: the lines before it were
   * written, none of them has been waiting for longer than this, and there is room.
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

  /** Writes what is left, if somebody reads it, then ends. */
  void end() throws InterruptedException {
    ended = true;
    LockSupport.unpark(thread);
    thread.join(LAST_LINES);
  }

  /**
   * Looks again and again rather than waiting to be woken: a wake-up for each line would cost its
   * request more than all else that is done for it here.
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

  /** Returns how many were lost. An error ends its line alone, and never the writer. */
  private int write(List<AuditEntry> entries) {
    var lines = new ArrayList<byte[]>(entries.size());
    for (var entry : entries) {
      try {
        lines.add(form.line(entry));
      } catch (Throwable _) {
        // It is counted below. Not logged: it may be the log that fails.
      }
    }
    return entries.size() - lines.size() + sink.write(lines);
  }
}
