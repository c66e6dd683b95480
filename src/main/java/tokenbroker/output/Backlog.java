package tokenbroker.output;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToLongFunction;

/**
 * What many threads hand over and one thread writes. It is bounded in bytes, so handing over never
 * waits: what does not fit is dropped and counted.
 */
public final class Backlog<T> {

  /** No audit line and hardly a line of the log is larger. */
  private static final int LARGEST = 64 * 1024;

  private final Queue<T> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicLong bytes = new AtomicLong();
  private final LongAdder dropped = new LongAdder();
  private final long limit;
  private final ToLongFunction<T> weigher;

  /**
   * @param limit of the bytes that wait, those included that are just being written
   * @param weigher gives the bytes that an element takes at most; always the same number
   */
  public Backlog(long limit, ToLongFunction<T> weigher) {
    this.limit = limit;
    this.weigher = weigher;
  }

  /** Hands an element over, or drops it. Never blocks. Returns whether it was taken. */
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
   * Forgets elements that were taken.
   *
   * @param lost how many of them could not be written
   */
  public void done(List<T> taken, int lost) {
    bytes.addAndGet(-taken.stream().mapToLong(weigher).sum());
    dropped.add(lost);
  }

  /** Whether nothing waits and nothing is being written. */
  public boolean isEmpty() {
    return bytes.get() == 0;
  }

  /** Whether it is far from dropping anything. */
  public boolean isRoomy() {
    return bytes.get() < limit / 4;
  }

  /** Whether there may be no room for another element. */
  public boolean isFull() {
    return bytes.get() > limit - LARGEST;
  }

  /** How many elements were dropped since the start. */
  public long dropped() {
    return dropped.sum();
  }
}
