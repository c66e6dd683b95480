package tokenbroker.bench;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import tokenbroker.testing.Answer;
import tokenbroker.testing.BrokerProcess;
import tokenbroker.testing.Clients;

/** Measures latencies at half of the saturation rate: idle, and while tokens and clients change. */
final class Tail {

  private static final int CLIENTS = 1_000;

  private Tail() {}

  static void measure(Table table) {
    try (var site = new BenchSite(CLIENTS);
        var changing = new BenchSite(CLIENTS)) {
      changing.upstream.answer(Answer.token(Duration.ofSeconds(20)));
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
          var p99 = new Samples();
          var p999 = new Samples();
          for (var round = 0; round < BenchSite.ROUNDS; round++) {
            measure("nginx", nginx.port(), requests, perSecond, p99, p999);
            measure("broker", broker.port(), requests, perSecond, p99, p999);
            measure("busy", busy.port(), others, perSecond, p99, p999);
          }
          edit.cancel(false);
          points(table, "nginx", nginx.port(), requests, perSecond);
          points(table, "broker", broker.port(), requests, perSecond);
          table.row("open load, requests/s", perSecond);
          row(table, "p99", "broker", p99, "≤ 3");
          row(table, "p99.9", "broker", p999, "≤ 5");
          row(table, "p99 while tokens are renewed and clients reloaded", "busy", p99, "≤ 3");
          row(table, "p99.9 while tokens are renewed and clients reloaded", "busy", p999, "≤ 5");
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

  /** Adds the latencies of one longer run to the chart, by the share of slower requests. */
  private static void points(
      Table table, String name, int port, Requests requests, double perSecond) {
    var times = OpenLoad.run(port, requests, perSecond, 3 * BenchSite.SECONDS);
    for (var slower : new double[] {0.5, 0.1, 0.01, 0.001, 0.0001}) {
      table.point("tail", name, 1 / slower, times.millis(1 - slower));
    }
  }

  private static void measure(
      String name, int port, Requests requests, double perSecond, Samples p99, Samples p999) {
    var times = OpenLoad.run(port, requests, perSecond, BenchSite.SECONDS);
    p99.add(name, times.millis(0.99));
    p999.add(name, times.millis(0.999));
  }

  private static void row(Table table, String what, String of, Samples times, String wanted) {
    var nginx = times.median("nginx");
    var broker = times.median(of);
    table.ratio(
        what + " to nginx's (%.2f ms to %.2f ms)".formatted(broker, nginx), broker, nginx, wanted);
  }
}
