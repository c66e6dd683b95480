package tokenbroker.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import tokenbroker.testing.BrokerProcess;

/**
 * Measures resident memory under load of a small and of a large broker, and the performance of the
 * large one.
 */
final class Size {

  private static final int MANY = BenchSite.fromEnvironment("MANY_CLIENTS", 100_000);

  /** Requests per second. */
  private static final int DURING_RELOAD = 2_000;

  private Size() {}

  static void measure(Table table) {
    try (var many = new BenchSite(MANY)) {
      var requests = Requests.clients(many.issuer, MANY).shuffled();
      hits(table, many, requests);
      try (var broker = large(many).with("broker.clients.reload-every", "1s").start()) {
        BenchSite.warmUp(broker, requests);
        reload(table, many, broker, requests);
      }
    }
  }

  private static void hits(Table table, BenchSite many, Requests all) {
    try (var few = new BenchSite(100);
        var small = few.broker().jvm("-XX:MaxRAM=256m").start();
        var large = large(many).start()) {
      var requests = Requests.distinct(few.issuer, 100);
      BenchSite.warmUp(small, requests);
      BenchSite.warmUp(large, all);
      var rates = new Samples();
      for (var round = 0; round < BenchSite.ROUNDS; round++) {
        rates.add("small", Wrk.run(small.port(), requests, BenchSite.SECONDS).perSecond());
        rates.add("large", Wrk.run(large.port(), all, BenchSite.SECONDS).perSecond());
      }
      Growth.row(table, MANY + " clients", large, all, Growth.USUAL_CONNECTIONS);
      table.row("resident under load, 100 clients, MB", megabytes(resident(small)), "≤ 220");
      table.row(
          "resident under load, %,d clients with live tokens, MB".formatted(MANY),
          megabytes(resident(large)),
          "≤ 500");
      table.ratio(
          "hits with %,d clients to those with 100".formatted(MANY),
          rates.median("large"),
          rates.median("small"),
          "≥ 0.9");
    }
  }

  private static BrokerProcess.Settings large(BenchSite many) {
    return many.broker().jvm("-Xmx448m").jvm("-XX:NewRatio=5"); // As docs/operations.md says.
  }

  /**
   * Uses a rate that does not saturate the machine, because it looks for a pause and not for a
   * queue.
   */
  private static void reload(Table table, BenchSite site, BrokerProcess broker, Requests requests) {
    var reloads = "token_broker_config_reload_total{result=\"applied\"";
    var before = broker.metric(reloads);
    var quiet = OpenLoad.run(broker.port(), requests, DURING_RELOAD, BenchSite.SECONDS);
    var load =
        CompletableFuture.supplyAsync(
            () -> OpenLoad.run(broker.port(), requests, DURING_RELOAD, 3 * BenchSite.SECONDS));
    var start = System.nanoTime();
    site.touchClients();
    while (broker.metric(reloads) == before) {
      LockSupport.parkNanos(10_000_000);
    }
    var took = (System.nanoTime() - start) / 1e9;
    table.row(
        "reload of %,d clients under load, from the change to its being in use, s".formatted(MANY),
        "%.1f".formatted(took),
        "≤ 3, and up to 1 until it is looked at");
    table.row("longest hit without a reload, ms", quiet.millis(1));
    table.row("longest hit during a reload, ms", "%.0f".formatted(load.join().millis(1)), "≤ 50");
    table.row("resident at last, MB", megabytes(resident(broker)), "≤ 500");
  }

  private static String megabytes(long kilobytes) {
    return "%d".formatted(kilobytes / 1_000);
  }

  /** Returns the resident set size that the kernel reports, in kB. */
  static long resident(BrokerProcess broker) {
    try (var status = Files.lines(Path.of("/proc", "" + broker.handle().pid(), "status"))) {
      return status
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
