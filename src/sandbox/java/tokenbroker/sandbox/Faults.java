package tokenbroker.sandbox;

import com.fasterxml.jackson.annotation.JsonProperty;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The faults in force, and the counts of token requests. Thread-safe. */
@Singleton
final class Faults {

  private static final String ALL = "";
  private static final int CLIENTS_COUNTED = 1000;

  private final Map<String, FaultOrder> orders = new TreeMap<>();
  private final Map<String, Long> requests = new TreeMap<>();
  private final Map<String, Long> grantTypes = new TreeMap<>();
  private long allRequests;

  /**
   * The numbers of token requests.
   *
   * @param byGrantType by the grant types that TrackMage supports; {@code other} for all else
   * @param byClientId by the client ids in the requests, known or not
   */
  record Counts(
      @JsonProperty("total") long total,
      @JsonProperty("by_grant_type") Map<String, Long> byGrantType,
      @JsonProperty("by_client_id") Map<String, Long> byClientId) {}

  /** The content of {@code GET /sandbox/faults}; {@code times} is the remaining number. */
  record Report(
      @JsonProperty("faults") List<FaultOrder> faults,
      @JsonProperty("token_requests") Counts tokenRequests) {}

  /**
   * Adds an order. An order {@code none} for one client exempts it from an order for all clients.
   */
  synchronized void put(FaultOrder order) {
    if (order.clientId() != null) {
      orders.put(order.clientId(), order);
    } else if (order.toFault() instanceof Fault.None) {
      orders.remove(ALL);
    } else {
      orders.put(ALL, order);
    }
  }

  /** Withdraws all faults and resets the counts. */
  synchronized void clear() {
    orders.clear();
    requests.clear();
    grantTypes.clear();
    allRequests = 0;
  }

  /** Counts a token request and returns its fault. A client's own fault takes precedence. */
  synchronized Fault next(Map<String, String> parameters) {
    allRequests++;
    grantTypes.merge(GrantType.of(parameters).wireName(), 1L, Long::sum);
    var clientId = parameters.get("client_id");
    if (clientId != null && (requests.containsKey(clientId) || requests.size() < CLIENTS_COUNTED)) {
      requests.merge(clientId, 1L, Long::sum);
    }
    var key = clientId != null && orders.containsKey(clientId) ? clientId : ALL;
    var order = orders.get(key);
    if (order == null) {
      return new Fault.None();
    }
    useUp(key, order);
    return order.toFault();
  }

  private void useUp(String key, FaultOrder order) {
    var times = order.times();
    if (times != null && times == 1) {
      orders.remove(key);
    } else if (times != null) {
      orders.put(key, order.withTimes(times - 1));
    }
  }

  synchronized Report report() {
    return new Report(
        List.copyOf(orders.values()),
        new Counts(allRequests, new TreeMap<>(grantTypes), new TreeMap<>(requests)));
  }
}
