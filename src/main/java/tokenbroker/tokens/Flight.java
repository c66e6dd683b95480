package tokenbroker.tokens;

import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One fetch that many wait for. The least patient of them decides how long it waits for another
 * replica's fetch.
 */
final class Flight<V> extends CompletableFuture<V> {

  private final AtomicReference<Instant> patientUntil = new AtomicReference<>(Instant.MAX);

  void waitNoLongerThan(Instant instant) {
    patientUntil.accumulateAndGet(instant, (one, other) -> one.isBefore(other) ? one : other);
  }

  boolean isOutOfPatience(Instant now) {
    return !now.isBefore(patientUntil.get());
  }
}
