package tokenbroker.tokens;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * One at a time per key: who comes while a flight is in the air joins it. A flight outlives the
 * callers that give up on it.
 */
final class SingleFlight<K, V> {

  private final Map<K, Flight<V>> flights = new ConcurrentHashMap<>();

  /**
   * The flight in the air for the key, or a new one, whose work runs on a virtual thread of its
   * own.
   */
  Flight<V> join(K key, Function<Flight<V>, V> work) {
    var mine = new Flight<V>();
    var inTheAir = flights.putIfAbsent(key, mine);
    if (inTheAir != null) {
      return inTheAir;
    }
    Thread.ofVirtual().name("flight ", 0).start(() -> fly(key, mine, work));
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
