package tokenbroker.output;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToLongFunction;

/**
 * A queue that many threads fill and one thread writes out. Its size in bytes is bounded, so adding
 * never waits. What does not fit is dropped and counted.
 */
public final class Backlog<T> {

  /** The largest expected element in bytes. No audit line is larger, and hardly any log line. */
  private static final int LARGEST = 64 * 1024;

  private final Queue<T> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicLong bytes = new AtomicLong();
  private final LongAdder dropped = new LongAdder();
  private final long limit;
  private final ToLongFunction<T> weigher;

  /**
   * Creates an empty queue.
   *
   * @param limit the maximum number of waiting bytes, including those being written
   * @param weigher returns the maximum bytes of an element; always the same number for the same
   *     element
   */
  public Backlog(long limit, ToLongFunction<T> weigher) {
    this.limit = limit;
    this.weigher = weigher;
  }

  /** Adds an element, or drops it. Never blocks. Returns whether the element was added. */
  public boolean offer(T element) {
    var weight = weigher.applyAsLong(element);
    if (bytes.addAndGet(weight) > limit) {
      bytes.addAndGet(-weight);
      dropped.increment();
      return false;
    }
    waiting.add(element);
    return true;
  }

  /** Takes the oldest elements. They count as waiting until {@link #done} is called. */
  public void take(List<T> elements, int most) {
    for (var i = 0; i < most; i++) {
      var next = waiting.poll();
      if (next == null) {
        return;
      }
      elements.add(next);
    }
  }

  /**
   * Releases elements that were taken.
   *
   * @param lost how many of them could not be written
   */
  public void done(List<T> taken, int lost) {
    var released = 0L;
    for (var element : taken) {
      released += weigher.applyAsLong(element);
    }
    bytes.addAndGet(-released);
    dropped.add(lost);
  }

  /** Returns whether nothing is waiting and nothing is being written. */
  public boolean isEmpty() {
    return bytes.get() == 0;
  }

  /** Returns whether at least this many bytes are waiting or being written. */
  public boolean holds(long some) {
    return bytes.get() >= some;
  }

  /** Returns whether less than a quarter of the limit is used, so that no drops are near. */
  public boolean isRoomy() {
    return bytes.get() < limit / 4;
  }

  /** Returns whether there may be no room for another element. */
  public boolean isFull() {
    return bytes.get() > limit - LARGEST;
  }

  /** Returns how many elements were dropped since the start. */
  public long dropped() {
    return dropped.sum();
  }
}
