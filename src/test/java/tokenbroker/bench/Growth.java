package tokenbroker.bench;

import java.util.List;
import tokenbroker.testing.BrokerProcess;
import tokenbroker.testing.Clients;

/**
 * Measures how a hit grows with the number of connections, clients and callers: processor time,
 * 99th percentile, and resident memory.
 */
final class Growth {

  private static final List<Integer> CONNECTIONS = List.of(1, 4, 16, 64, 256, 1_024);
  private static final int MANY = BenchSite.fromEnvironment("MANY_CLIENTS", 100_000);

  /** {@link Size} also measures a row of many more. */
  private static final List<Integer> CLIENTS = List.of(100, 1_000, 10_000);

  private static final List<Integer> CALLERS = List.of(10, 1_000, MANY);

  static final int USUAL_CONNECTIONS = 64;

  private Growth() {}

  static void measure(Table table) {
    try (var site = new BenchSite(1);
        var broker = broker(site).with("broker.callers.remembered", MANY).start()) {
      connections(table, site, broker);
      for (var number : CALLERS) {
        row(table, number + " callers", broker, Requests.callers(site.issuer, number).shuffled());
      }
    }
    for (var number : CLIENTS) {
      try (var site = new BenchSite(number);
          var broker = broker(site).start()) {
        row(table, number + " clients", broker, Requests.clients(site.issuer, number).shuffled());
      }
    }
  }

  /** Puts each load on nginx, too. */
  private static void connections(Table table, BenchSite site, BrokerProcess broker) {
    var one = Requests.one(site.issuer);
    var like = broker.get("/tokens/client-0", site.issuer.token(Clients.CALLER));
    BenchSite.warmUp(broker, one);
    try (var nginx = new Nginx(site.directory, like)) {
      for (var number : CONNECTIONS) {
        var other = Wrk.run(nginx.port(), one, BenchSite.SECONDS, number);
        var result = row(table, number + " connections", broker, one, number);
        table.point(Charts.HITS, "nginx", number, other.perSecond());
        table.point(Charts.HITS, "broker", number, result.perSecond());
      }
    }
  }

  private static BrokerProcess.Settings broker(BenchSite site) {
    return site.broker().jvm("-Xmx512m");
  }

  private static void row(Table table, String what, BrokerProcess broker, Requests requests) {
    BenchSite.warmUp(broker, requests);
    row(table, what, broker, requests, USUAL_CONNECTIONS);
  }

  /** Measures and adds one row. The broker must be warm. */
  static Wrk.Result row(
      Table table, String what, BrokerProcess broker, Requests requests, int connections) {
    var processes = List.of(broker.handle());
    var before = Processors.micros(processes);
    var result = Wrk.run(broker.port(), requests, BenchSite.SECONDS, connections);
    table.row(
        what + ": hits/s, processor time of a hit, p99, resident",
        "%,.0f/s, %.1f µs, %.2f ms, %d MB"
            .formatted(
                result.perSecond(),
                (Processors.micros(processes) - before) / result.requests(),
                result.p99(),
                Size.resident(broker) / 1_000),
        "");
    return result;
  }
}
