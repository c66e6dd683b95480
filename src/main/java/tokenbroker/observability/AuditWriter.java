package tokenbroker.observability;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import tokenbroker.output.Backlog;
import tokenbroker.time.Ticker;

/**
 * Writes audit lines on its own thread, so that no request waits for them. Under load, the thread
 * writes what has gathered in a while, or earlier if that is a lot. Without entries it sleeps.
 */
final class AuditWriter {

  /** The memory limit of the waiting entries: about 22,000 lines of typical callers. */
  private static final long MOST_BYTES = 7 * 1024 * 1024;

  private static final int AT_ONCE = 256;

  /**
   * How long entries gather before they are written. Each time costs a wake-up of the thread, which
   * is dearer than several lines.
   */
  private static final Duration GATHER = Duration.ofMillis(50);

  /**
   * The bytes that end a pause early: some hundred lines. To write more of them at once would keep
   * a processor from requests for too long.
   */
  private static final long MANY_BYTES = 128 * 1024;

  private static final Duration LAST_LINES = Duration.ofSeconds(2);

  private final Backlog<AuditEntry> backlog = new Backlog<>(MOST_BYTES, AuditEntry::weight);
  private final AuditLines form;
  private final AuditSink sink;
  private final Ticker ticker;
  private final Runnable caughtUp;
  private final Thread thread = Thread.ofPlatform().name("audit").daemon().unstarted(this::run);
  private final AtomicReference<State> state = new AtomicReference<>(State.AWAKE);
  private volatile boolean ended;

  /** Whether the most recent lines were lost. */
  private volatile boolean failing;

  private volatile boolean writing;

  /** When the oldest of the lines being written was handed over; valid only during a write. */
  private volatile long oldestNanos;

  private enum State {
    AWAKE,

    /** It pauses, so that entries gather. */
    GATHERING,

    /** There are no entries. */
    ASLEEP
  }

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
    var isQueued = backlog.offer(entry);
    var seen = state.get();
    var isDue = seen == State.ASLEEP || (seen == State.GATHERING && backlog.holds(MANY_BYTES));
    if (isDue && state.compareAndSet(seen, State.AWAKE)) {
      LockSupport.unpark(thread);
    }
    return isQueued;
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

  private void run() {
    var entries = new ArrayList<AuditEntry>(AT_ONCE);
    while (!ended) {
      if (writeWaiting(entries)) {
        gather();
      } else {
        sleep();
      }
    }
    writeWaiting(entries);
  }

  private void gather() {
    state.set(State.GATHERING);
    if (!backlog.holds(MANY_BYTES) && !ended) {
      LockSupport.parkNanos(this, GATHER.toNanos());
    }
    state.set(State.AWAKE);
  }

  /** Sleeps until an entry is offered. Only the first entry after a pause wakes the thread. */
  private void sleep() {
    state.set(State.ASLEEP);
    if (backlog.isEmpty() && !ended) {
      LockSupport.park(this);
    }
    state.set(State.AWAKE);
  }

  /** Writes all waiting entries. Returns whether there were any. */
  private boolean writeWaiting(List<AuditEntry> entries) {
    backlog.take(entries, AT_ONCE);
    if (entries.isEmpty()) {
      return false;
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
    return true;
  }

  /**
   * Writes the lines and returns how many were lost. An error loses only its own line and never
   * stops the writer.
   */
  private int write(List<AuditEntry> entries) {
    var lines = form.lines();
    lines.reset();
    var number = 0;
    for (var entry : entries) {
      try {
        form.add(entry);
        number++;
      } catch (Throwable _) {
        // It is counted below. It is not logged, because the log itself may have failed.
      }
    }
    return entries.size() - number + sink.write(lines, number);
  }
}
