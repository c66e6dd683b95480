package tokenbroker.tokens;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * One at a time per key: who comes while a flight is in the air joins it. A flight outlives the
 * callers that give up on it.
 */
final class SingleFlight<K, V> {

  private static final ThreadFactory THREADS = Thread.ofVirtual().name("flight ", 0).factory();

  private final Map<K, Flight<V>> flights = new ConcurrentHashMap<>();

  /**
   * Returns the flight in the air for the key, or a new one, whose work runs on a virtual thread of
   * its own.
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
