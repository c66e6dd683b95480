package tokenbroker.tokens;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import tokenbroker.time.Moment;

/**
 * One fetch that many callers wait for.
 *
 * <p>The most patient caller decides how long the fetch continues. The least patient caller decides
 * when it stops waiting for another replica and fetches without the lease. A caller that gives up
 * never ends the fetch.
 *
 * @param <V> the result of the fetch
 */
final class Flight<V> extends CompletableFuture<V> {

  private final TokenRequirement need;
  private final AtomicReference<Moment> waitedForUntil;
  private final AtomicReference<Moment> withoutLeaseAfter;

  /**
   * Creates a flight for one caller; others may join it.
   *
   * @param need the requirement that the fetch is for
   * @param until when the last caller gives up, unless another caller joins
   * @param withoutLeaseAfter when the fetch goes on without the lease, unless a caller is less
   *     patient
   */
  Flight(TokenRequirement need, Moment until, Moment withoutLeaseAfter) {
    this.need = need;
    this.waitedForUntil = new AtomicReference<>(until);
    this.withoutLeaseAfter = new AtomicReference<>(withoutLeaseAfter);
  }

  TokenRequirement need() {
    return need;
  }

  /** Records that another caller waits until the given moment. */
  void waitedFor(Moment until) {
    waitedForUntil.accumulateAndGet(until, (one, other) -> one.isBefore(other) ? other : one);
  }

  /** Records that a caller can wait for another replica's fetch only until the given moment. */
  void withoutLeaseAfter(Moment moment) {
    withoutLeaseAfter.accumulateAndGet(moment, (one, other) -> one.isBefore(other) ? one : other);
  }

  boolean isWaitedFor(Moment now) {
    return now.isBefore(Objects.requireNonNull(waitedForUntil.get()));
  }

  boolean goesOnWithoutLease(Moment now) {
    return !now.isBefore(Objects.requireNonNull(withoutLeaseAfter.get()));
  }
}
