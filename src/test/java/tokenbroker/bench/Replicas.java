package tokenbroker.bench;

import java.util.List;
import tokenbroker.testing.BrokerProcess;

/**
 * Compares two brokers on one Redis with one broker, and measures what a request costs Redis and
 * the upstream.
 */
final class Replicas {

  private static final int CLIENTS = 1_000;

  private Replicas() {}

  static void measure(Table table) {
    try (var site = new BenchSite(CLIENTS);
        var one = site.broker().start();
        var two = site.broker().start()) {
      var requests = Requests.distinct(site.issuer, CLIENTS);
      BenchSite.warmUp(one, requests);
      BenchSite.warmUp(two, requests);
      var micros = new Samples();
      for (var round = 0; round < BenchSite.ROUNDS; round++) {
        micros.add("one", processorMicros(requests, List.of(one)));
        micros.add("two", processorMicros(requests, List.of(one, two)));
      }
      table.row(
          "processor time per hit, one replica, µs", "%.1f".formatted(micros.median("one")), "");
      table.ratio(
          "processor time per hit with two replicas to one",
          micros.median("two"),
          micros.median("one"),
          "about 1");
      for (var perSecond : List.of(100, 1_000, 10_000)) {
        operations(table, site, one, requests, perSecond);
      }
    }
  }

  /**
   * Measures the processor time of a request, at a load shared among the brokers that does not
   * saturate the machine. Microseconds.
   */
  private static double processorMicros(Requests requests, List<BrokerProcess> brokers) {
    var before = processorNanos(brokers);
    var perSecond = 10_000;
    var loads =
        brokers.stream()
            .map(
                broker ->
                    Thread.ofPlatform()
                        .start(
                            () ->
                                OpenLoad.run(
                                    broker.port(),
                                    requests,
                                    1.0 * perSecond / brokers.size(),
                                    BenchSite.SECONDS)))
            .toList();
    for (var load : loads) {
      try {
        load.join();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
    return (processorNanos(brokers) - before) / 1e3 / (perSecond * BenchSite.SECONDS);
  }

  private static double processorNanos(List<BrokerProcess> brokers) {
    return brokers.stream()
        .mapToLong(each -> each.handle().info().totalCpuDuration().orElseThrow().toNanos())
        .sum();
  }

  private static void operations(
      Table table, BenchSite site, BrokerProcess broker, Requests requests, int perSecond) {
    var redisBefore = redisCommands(site);
    var upstreamBefore = site.upstream.count();
    OpenLoad.run(broker.port(), requests, perSecond, BenchSite.SECONDS);
    var served = 1.0 * perSecond * BenchSite.SECONDS;
    table.row(
        "at %,d requests/s: Redis commands per request, upstream calls per request"
            .formatted(perSecond),
        "%.5f, %.5f"
            .formatted(
                (redisCommands(site) - redisBefore) / served,
                (site.upstream.count() - upstreamBefore) / served),
        "→ 0");
  }

  private static long redisCommands(BenchSite site) {
    return site.redis.info("stats", "total_commands_processed");
  }
}
