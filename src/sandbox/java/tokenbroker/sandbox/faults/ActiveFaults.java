package tokenbroker.sandbox.faults;

import com.fasterxml.jackson.annotation.JsonProperty;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import tokenbroker.sandbox.trackmage.GrantType;

/** The current faults, and the counts of token requests. Thread-safe. */
@Singleton
public final class ActiveFaults {

  /** Stands for all clients. No client id is empty. */
  private static final String ALL = "";

  private static final int MAX_COUNTED_CLIENTS = 1000;

  private final Map<String, FaultSpec> faults = new TreeMap<>();
  private final Map<String, Long> requestsByClientId = new TreeMap<>();
  private final Map<String, Long> requestsByGrantType = new TreeMap<>();
  private long requests;
  private long clearings;

  /**
   * The numbers of token requests.
   *
   * @param byGrantType by the grant types that TrackMage supports, and {@code other}
   * @param byClientId by the client ids in the requests, valid or not; at most 1000 of them
   */
  record Counts(
      @JsonProperty("total") long total,
      @JsonProperty("by_grant_type") Map<String, Long> byGrantType,
      @JsonProperty("by_client_id") Map<String, Long> byClientId) {}

  /** The JSON of {@code GET /sandbox/faults}. */
  record Report(
      @JsonProperty("faults") List<FaultSpec> faults,
      @JsonProperty("token_requests") Counts tokenRequests) {}

  /** Sets a fault. A fault {@code none} for one client exempts it from a fault for all clients. */
  synchronized void set(FaultSpec spec) {
    if (spec.clientId() != null) {
      faults.put(spec.clientId(), spec);
    } else if (spec.toFault() instanceof TokenEndpointFault.None) {
      faults.remove(ALL);
    } else {
      faults.put(ALL, spec);
    }
  }

  /** Removes all faults, ends the pauses in progress and resets the counts. */
  public synchronized void clear() {
    clearings++;
    notifyAll();
    faults.clear();
    requestsByClientId.clear();
    requestsByGrantType.clear();
    requests = 0;
  }

  /** Counts a token request and returns its fault. A client's own fault takes precedence. */
  synchronized TokenEndpointFault next(Map<String, String> parameters) {
    var clientId = parameters.get("client_id");
    requests++;
    requestsByGrantType.merge(GrantType.of(parameters).wireName(), 1L, Long::sum);
    if (clientId != null && isCounted(clientId)) {
      requestsByClientId.merge(clientId, 1L, Long::sum);
    }
    var key = clientId != null && faults.containsKey(clientId) ? clientId : ALL;
    var spec = faults.get(key);
    if (spec == null) {
      return new TokenEndpointFault.None();
    }
    useOnce(key, spec);
    return spec.toFault();
  }

  /** Waits for this time, but not longer than until all faults are removed. */
  synchronized void pause(Duration time) throws InterruptedException {
    var before = clearings;
    var end = System.nanoTime() + time.toNanos();
    for (var left = time.toNanos();
        left > 0 && clearings == before;
        left = end - System.nanoTime()) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
  }

  private boolean isCounted(String clientId) {
    return requestsByClientId.containsKey(clientId)
        || requestsByClientId.size() < MAX_COUNTED_CLIENTS;
  }

  private void useOnce(String key, FaultSpec spec) {
    var times = spec.times();
    if (times != null && times == 1) {
      faults.remove(key);
    } else if (times != null) {
      faults.put(key, spec.withTimes(times - 1));
    }
  }

  synchronized Report report() {
    return new Report(
        List.copyOf(faults.values()),
        new Counts(
            requests, new TreeMap<>(requestsByGrantType), new TreeMap<>(requestsByClientId)));
  }
}
