package tokenbroker.bench;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import tokenbroker.testing.Clients;

/**
 * Measures the processor time of a hit: user and system time of the process, divided by the number
 * of hits. At saturation, each wake-up serves several requests; at a fixed rate, hardly any does.
 */
final class Work {

  private static final int CONNECTIONS = 32;
  private static final int PER_SECOND = 2_000;
  private static final int CONNECTIONS_AT_RATE = 50;

  private static final Duration AFTER_LOAD = Duration.ofSeconds(5);
  private static final Duration IDLE = Duration.ofSeconds(15);

  private Work() {}

  /** A server under load. */
  private record Server(List<Integer> ports, List<ProcessHandle> processes) {

    static Server of(int port, ProcessHandle process) {
      return new Server(List.of(port), List.of(process));
    }

    int port() {
      return ports.getFirst();
    }
  }

  static void measure(Table table) {
    try (var site = new BenchSite(1);
        var broker = site.broker().start();
        var second = site.broker().start()) {
      var one = Requests.one(site.issuer);
      var like = broker.get("/tokens/client-0", site.issuer.token(Clients.CALLER));
      try (var nginx = new Nginx(site.directory, like);
          var bare = new BareServer(site.directory, like)) {
        var servers = new LinkedHashMap<String, Server>();
        servers.put("nginx", Server.of(nginx.port(), nginx.worker()));
        servers.put("bare", Server.of(bare.port(), bare.handle()));
        servers.put("broker", Server.of(broker.port(), broker.handle()));
        warmUp(servers.get("bare"), one);
        warmUp(servers.get("broker"), one);
        warmUp(Server.of(second.port(), second.handle()), one);
        var two =
            new Server(
                List.of(broker.port(), second.port()), List.of(broker.handle(), second.handle()));
        var samples = new Samples();
        for (var round = 0; round < BenchSite.ROUNDS; round++) {
          servers.forEach((name, server) -> saturate(name, server, one, samples));
          servers.forEach((name, server) -> atRate(name, server, one, samples));
          atRate("two", two, one, samples);
        }
        tell(table, samples, servers);
        idle(table, servers.get("broker"));
        Parts.measure(table, broker, one, samples.median("broker saturated"));
      }
    }
  }

  /** Puts both kinds of load on a server until the compiler of its JVM rests. */
  private static void warmUp(Server server, Requests one) {
    Processors.untilCompiled(
        server.processes.getFirst(),
        () -> {
          Wrk.run(server.port(), one, BenchSite.SECONDS, CONNECTIONS);
          rate(server, one);
        });
  }

  private static void saturate(String name, Server server, Requests one, Samples samples) {
    var micros =
        work(
            server,
            () -> {
              var result = Wrk.run(server.port(), one, BenchSite.SECONDS, CONNECTIONS);
              samples.add(name + " rate", result.perSecond());
              samples.add(name + " p99", result.p99());
              return result.requests();
            });
    samples.add(name + " saturated", micros);
  }

  private static void atRate(String name, Server server, Requests one, Samples samples) {
    samples.add(name + " at rate", work(server, () -> rate(server, one)));
  }

  /** Sends requests at the fixed rate, shared among the ports. Returns their number. */
  private static long rate(Server server, Requests one) {
    return server.ports.parallelStream()
        .mapToLong(
            port ->
                H2load.atRate(
                    port,
                    one.asks().getFirst(),
                    PER_SECOND / server.ports.size(),
                    CONNECTIONS_AT_RATE,
                    BenchSite.SECONDS))
        .sum();
  }

  /** Measures the share of one processor that the process takes after a pause without requests. */
  private static void idle(Table table, Server server) {
    pause(AFTER_LOAD);
    var before = Processors.micros(server.processes);
    pause(IDLE);
    var micros = Processors.micros(server.processes) - before;
    table.row(
        "idle, %% of a processor, from %d s after the last request, for %d s"
            .formatted(AFTER_LOAD.toSeconds(), IDLE.toSeconds()),
        "%.2f".formatted(100 * micros / TimeUnit.MICROSECONDS.convert(IDLE)),
        "< 0.3");
  }

  private static void pause(Duration time) {
    var end = System.nanoTime() + time.toNanos();
    while (System.nanoTime() < end) {
      LockSupport.parkNanos(end - System.nanoTime());
    }
  }

  /** Returns the processor time per request, in microseconds. */
  private static double work(Server server, Supplier<Long> load) {
    var before = Processors.micros(server.processes);
    var requests = load.get();
    return (Processors.micros(server.processes) - before) / requests;
  }

  private static void tell(Table table, Samples samples, Map<String, Server> servers) {
    for (var name : servers.keySet()) {
      table.row(
          "processor time per hit at saturation, %s, µs".formatted(name),
          "%.1f".formatted(samples.median(name + " saturated")),
          "");
    }
    ratio(table, "the same, broker to nginx", samples, "broker", "nginx", "saturated", "≤ 1.4");
    for (var name : servers.keySet()) {
      table.row(
          "processor time per hit at %,d/s over %d connections, %s, µs"
              .formatted(PER_SECOND, CONNECTIONS_AT_RATE, name),
          "%.1f".formatted(samples.median(name + " at rate")),
          "");
    }
    ratio(table, "the same, broker to nginx", samples, "broker", "nginx", "at rate", "≤ 2.5");
    ratio(
        table,
        "the same, two replicas at half the rate each to one",
        samples,
        "two",
        "broker",
        "at rate",
        "≤ 1.15");
    for (var name : servers.keySet()) {
      table.row(
          "hits/s and p99 at saturation over %d connections, %s".formatted(CONNECTIONS, name),
          "%,.0f/s, %.2f ms"
              .formatted(samples.median(name + " rate"), samples.median(name + " p99")),
          "");
    }
    ratio(table, "p99 at saturation to bare Vert.x'", samples, "broker", "bare", "p99", "≤ 2");
  }

  private static void ratio(
      Table table,
      String what,
      Samples samples,
      String of,
      String to,
      String quantity,
      String wanted) {
    table.ratio(
        what, samples.median(of + " " + quantity), samples.median(to + " " + quantity), wanted);
  }
}
