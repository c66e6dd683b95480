package tokenbroker.bench;

import java.nio.file.Path;

/**
 * Measures how many bytes a request for a cached token allocates, and where. The JVM counts them.
 */
final class Allocation {

  private static final Path RECORDING = Path.of("target", "hits.jfr").toAbsolutePath();

  private Allocation() {}

  static void measure(Table table) {
    try (var site = new BenchSite(1);
        var broker = site.broker().start()) {
      var one = Requests.one(site.issuer);
      BenchSite.warmUp(broker, one);
      broker.liveHeap();
      var before = broker.metric("jvm_gc_memory_allocated_bytes_total");
      var requests = Wrk.run(broker.port(), one, 2 * BenchSite.SECONDS).requests();
      broker.liveHeap();
      var bytes = broker.metric("jvm_gc_memory_allocated_bytes_total") - before;
      table.row("allocated per hit, bytes", bytes / requests);
    }
  }

  static void profile(Table table) {
    try (var site = new BenchSite(1);
        var broker = site.broker().start()) {
      var one = Requests.one(site.issuer);
      BenchSite.warmUp(broker, one);
      broker.jcmd("JFR.start", "name=hits", "settings=profile");
      Wrk.run(broker.port(), one, 4 * BenchSite.SECONDS);
      broker.jcmd("JFR.stop", "name=hits", "filename=" + RECORDING);
      table.row("jfr view allocation-by-site " + RECORDING, "profile", "");
    }
  }
}
