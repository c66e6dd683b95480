package tokenbroker.tokens;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A set of flights with at most one per key: a caller joins the flight in progress. A flight
 * continues after its callers have given up.
 */
final class SingleFlight<K, V> {

  private static final ThreadFactory THREADS = Thread.ofVirtual().name("flight ", 0).factory();

  private final Map<K, Flight<V>> flights = new ConcurrentHashMap<>();

  /**
   * Returns the flight in progress for the key, or starts a new one. Its work runs on its own
   * virtual thread.
   */
  Flight<V> join(K key, Supplier<Flight<V>> make, Function<Flight<V>, V> work) {
    var inTheAir = flights.get(key);
    if (inTheAir != null) {
      return inTheAir;
    }
    var mine = make.get();
    inTheAir = flights.putIfAbsent(key, mine);
    if (inTheAir != null) {
      return inTheAir;
    }
    THREADS.newThread(() -> fly(key, mine, work)).start();
    return mine;
  }

  /** Waits until the flights that are in progress now have ended. */
  void awaitAll() {
    var flown = flights.values().toArray(CompletableFuture[]::new);
    CompletableFuture.allOf(flown).exceptionally(_ -> null).join();
  }

  private void fly(K key, Flight<V> flight, Function<Flight<V>, V> work) {
    try {
      var result = work.apply(flight);
      flights.remove(key, flight);
      flight.complete(result);
    } catch (RuntimeException | Error e) {
      flights.remove(key, flight);
      flight.completeExceptionally(e);
    }
  }
}
