package tokenbroker.bench;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import tokenbroker.testing.Answer;
import tokenbroker.testing.BrokerProcess;
import tokenbroker.testing.Clients;

/** Measures latencies at half of the saturation rate: idle, and while tokens and clients change. */
final class Tail {

  private static final int CLIENTS = 1_000;

  /** The shares of slower requests: the median to the slowest of 10,000. */
  private static final List<Double> SLOWER = List.of(0.5, 0.1, 0.01, 0.001, 0.0001);

  private Tail() {}

  static void measure(Table table) {
    try (var site = new BenchSite(CLIENTS);
        var changing = new BenchSite(CLIENTS)) {
      changing.upstream.answer(Answer.longToken(Duration.ofSeconds(20)));
      try (var broker = site.broker().start();
          var busy = changing.broker().with("broker.clients.reload-every", "1s").start();
          var edits = Executors.newSingleThreadScheduledExecutor()) {
        var requests = Requests.distinct(site.issuer, CLIENTS);
        var others = Requests.distinct(changing.issuer, CLIENTS);
        BenchSite.warmUp(broker, requests);
        BenchSite.warmUp(busy, others);
        var like = broker.get("/tokens/client-0", site.issuer.token(Clients.CALLER));
        try (var nginx = new Nginx(site.directory, like)) {
          var edit = edits.scheduleAtFixedRate(changing::touchClients, 1, 1, TimeUnit.SECONDS);
          var perSecond = Wrk.run(broker.port(), requests, 2 * BenchSite.SECONDS).perSecond() / 2;
          var millis = new Samples();
          for (var round = 0; round < BenchSite.ROUNDS; round++) {
            measure("nginx", nginx.port(), requests, perSecond, millis);
            measure("broker", broker.port(), requests, perSecond, millis);
            measure("busy", busy.port(), others, perSecond, millis);
          }
          edit.cancel(false);
          table.row("open load, requests/s", perSecond);
          row(table, "p99", "broker", 0.01, millis, "≤ 3");
          row(table, "p99.9", "broker", 0.001, millis, "≤ 5");
          var meanwhile = " while tokens are renewed and clients reloaded";
          row(table, "p99" + meanwhile, "busy", 0.01, millis, "≤ 3");
          row(table, "p99.9" + meanwhile, "busy", 0.001, millis, "≤ 5");
          for (var name : List.of("nginx", "broker")) {
            for (var slower : SLOWER) {
              table.point(Charts.TAIL, name, 1 / slower, millis.median(name + slower));
            }
          }
          tellChanges(table, busy);
        }
      }
    }
  }

  private static void tellChanges(Table table, BrokerProcess busy) {
    table.row("renewals meanwhile", busy.metric("token_broker_refresh_total"));
    table.row(
        "reloads meanwhile", busy.metric("token_broker_config_reload_total{result=\"applied\""));
  }

  private static void measure(
      String name, int port, Requests requests, double perSecond, Samples millis) {
    var times = OpenLoad.run(port, requests, perSecond, BenchSite.SECONDS);
    for (var slower : SLOWER) {
      millis.add(name + slower, times.millis(1 - slower));
    }
  }

  private static void row(
      Table table, String what, String of, double slower, Samples millis, String wanted) {
    var nginx = millis.median("nginx" + slower);
    var broker = millis.median(of + slower);
    table.ratio(
        what + " to nginx's (%.2f ms to %.2f ms)".formatted(broker, nginx), broker, nginx, wanted);
  }
}
