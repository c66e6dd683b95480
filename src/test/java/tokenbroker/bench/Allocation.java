package tokenbroker.bench;

import java.nio.file.Path;
import tokenbroker.testing.BrokerProcess;
import tokenbroker.testing.OAuthForm;

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
      table.row("allocated per hit, bytes", perRequest(broker, one));
      for (var form : OAuthForm.values()) {
        table.row(
            "the same at POST /oauth2/token (" + form.label() + ")",
            perRequest(broker, one.as(form)));
      }
    }
  }

  private static double perRequest(BrokerProcess broker, Requests requests) {
    BenchSite.warmUp(broker, requests);
    broker.liveHeap();
    var before = broker.metric("jvm_gc_memory_allocated_bytes_total");
    var number = Wrk.run(broker.port(), requests, 2 * BenchSite.SECONDS).requests();
    broker.liveHeap();
    return (broker.metric("jvm_gc_memory_allocated_bytes_total") - before) / number;
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
