package tokenbroker.observability;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import tokenbroker.clients.Client;
import tokenbroker.clients.ClientDirectory;
import tokenbroker.clients.Upstream;
import tokenbroker.tokens.UpstreamHealth;

/**
 * The part of the health data about upstreams: the server of each one that a client uses, and its
 * state. No state makes a replica unready, because the other replicas would do no better.
 */
@Singleton
class UpstreamsHealth {

  /** The maximum number of upstreams in the data. */
  private static final int MOST = 20;

  private final ClientDirectory clients;
  private final UpstreamHealth upstreams;
  private final Clock clock;

  UpstreamsHealth(ClientDirectory clients, UpstreamHealth upstreams, Clock clock) {
    this.clients = clients;
    this.upstreams = upstreams;
    this.clock = clock;
  }

  /** Returns the data. If there are too many upstreams, it leaves out those that fail least. */
  Map<String, String> data() {
    var used = clients.all().stream().map(Client::upstream).distinct().toList();
    var data = new TreeMap<String, String>();
    used.stream()
        .sorted(Comparator.comparingInt(this::failing).reversed().thenComparing(Upstream::name))
        .limit(MOST)
        .forEach(each -> data.put("upstream-" + each.name(), each.server() + ": " + text(each)));
    if (used.size() > MOST) {
      data.put("upstreams-left-out", String.valueOf(used.size() - MOST));
    }
    return data;
  }

  private int failing(Upstream upstream) {
    return upstreams.of(upstream).map(UpstreamHealth.State::failing).orElse(0);
  }

  private String text(Upstream upstream) {
    var state = upstreams.of(upstream).orElse(null);
    if (state == null) {
      return "not used yet";
    }
    var wait = state.nextAttempt();
    if (wait != null) {
      var until = clock.instant().plus(wait).truncatedTo(ChronoUnit.MILLIS);
      return "breaker open until " + until;
    }
    return state.failing() == 0 ? "up" : "failing for " + accounts(state.failing());
  }

  private static String accounts(int number) {
    return number + (number == 1 ? " account" : " accounts");
  }
}
