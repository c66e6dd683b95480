package tokenbroker.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.locks.LockSupport;
import tokenbroker.testing.BrokerProcess;

/**
 * Measures the time from the start of the process to the first served token, with and without the
 * AOT cache.
 */
final class Starts {

  private static final int HITS = 1_000;
  private static final int WARM_UP = 5; // seconds
  private static final long LOOK_EVERY = 1_000_000; // nanoseconds

  private Starts() {}

  static void measure(Table table) {
    try (var site = new BenchSite(100)) {
      var millis = new Samples();
      for (var round = 0; round <= BenchSite.ROUNDS; round++) {
        measure(site, "plain", site.plainBroker(), millis, round);
        measure(site, "cached", site.broker(), millis, round);
      }
      warmUp(table, site, millis);
      table.row("plain start until the first token is served, ms", millis.median("plain"));
      table.row("the same with the AOT cache, ms", millis.median("cached"));
      table.ratio(
          "with the cache to without", millis.median("cached"), millis.median("plain"), "≤ 0.6");
    }
  }

  /** Compares the first hits of a process that has just started with later ones. */
  private static void warmUp(Table table, BenchSite site, Samples millis) {
    var request = Requests.one(site.issuer).texts().getFirst();
    for (var round = 0; round < BenchSite.ROUNDS; round++) {
      try (var broker = site.broker().start();
          var connection = new OneConnection(broker.port())) {
        connection.ask(request); // A miss.
        millis.add("first", p99(connection, request));
        Wrk.run(broker.port(), Requests.one(site.issuer), WARM_UP);
        millis.add("warm", p99(connection, request));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    table.ratio(
        "p99 of the first %,d hits after the start to that of warm ones (%.2f ms to %.2f ms)"
            .formatted(HITS, millis.median("first"), millis.median("warm")),
        millis.median("first"),
        millis.median("warm"),
        "≤ 3");
  }

  /** Returns the 99th percentile of hits one after the other, in milliseconds. */
  private static double p99(OneConnection connection, String request) throws IOException {
    var hits = new Samples();
    for (var i = 0; i < HITS; i++) {
      hits.add("hit", connection.ask(request) / 1e6);
    }
    return hits.quantile("hit", 0.99);
  }

  private static void measure(
      BenchSite site, String name, BrokerProcess.Settings settings, Samples millis, int round) {
    var request = Requests.one(site.issuer).texts().getFirst();
    var start = System.nanoTime();
    try (var broker = settings.launch()) {
      while (!isServed(broker, request)) {
        LockSupport.parkNanos(LOOK_EVERY);
      }
      if (round > 0) { // The first start reads the files from the disk.
        millis.add(name, (System.nanoTime() - start) / 1e6);
      }
    }
  }

  private static boolean isServed(BrokerProcess broker, String request) {
    try (var connection = new OneConnection(broker.port())) {
      connection.ask(request);
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
