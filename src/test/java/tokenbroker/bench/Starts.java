package tokenbroker.bench;

import java.io.IOException;
import java.util.concurrent.locks.LockSupport;
import tokenbroker.testing.BrokerProcess;

/**
 * Measures the time from the start of the process to the first served token, with and without the
 * AOT cache.
 */
final class Starts {

  private static final long LOOK_EVERY = 1_000_000; // nanoseconds

  private Starts() {}

  static void measure(Table table) {
    try (var site = new BenchSite(100)) {
      var millis = new Samples();
      for (var round = 0; round <= BenchSite.ROUNDS; round++) {
        measure(site, "plain", site.plainBroker(), millis, round);
        measure(site, "cached", site.broker(), millis, round);
      }
      table.row("plain start until the first token is served, ms", millis.median("plain"));
      table.row("the same with the AOT cache, ms", millis.median("cached"));
      table.ratio(
          "with the cache to without", millis.median("cached"), millis.median("plain"), "≤ 0.6");
    }
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
