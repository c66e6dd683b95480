package tokenbroker.tokens;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import tokenbroker.time.Moment;

/**
 * One fetch that many wait for. The most patient of them decides how long it goes on; the least
 * patient, when it stops waiting for another replica's fetch and makes its own. Nobody's impatience
 * ends it.
 *
 * @param <V> what it brings
 */
final class Flight<V> extends CompletableFuture<V> {

  private final TokenRequirement need;
  private final AtomicReference<Moment> waitedForUntil;
  private final AtomicReference<Moment> withoutLeaseAfter;

  /**
   * @param need what the fetch is for
   * @param until when nobody waits for it any more, unless another joins
   * @param withoutLeaseAfter when it is made without the lease, if nobody is less patient
   */
  Flight(TokenRequirement need, Moment until, Moment withoutLeaseAfter) {
    this.need = need;
    this.waitedForUntil = new AtomicReference<>(until);
    this.withoutLeaseAfter = new AtomicReference<>(withoutLeaseAfter);
  }

  TokenRequirement need() {
    return need;
  }

  /** Another one waits for it, until then. */
  void waitedFor(Moment until) {
    waitedForUntil.accumulateAndGet(until, (one, other) -> one.isBefore(other) ? other : one);
  }

  /** Whoever waits can wait no longer than so for another replica's fetch. */
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
