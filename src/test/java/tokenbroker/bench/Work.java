package tokenbroker.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

  /** The share of a processor below which the JVM's compiler is at rest. */
  private static final double AT_REST = 0.02;

  private static final int LONGEST_WARM_UP = 20;

  private static final int IDLE_SECONDS = 5;

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
          servers.forEach((name, server) -> idle(name, server, samples));
        }
        tell(table, samples, servers);
        Parts.measure(table, broker, one, samples.median("broker saturated"));
      }
    }
  }

  /** Puts both kinds of load on a server until the compiler of its JVM rests. */
  private static void warmUp(Server server, Requests one) {
    var process = server.processes.getFirst();
    for (var turn = 0; turn < LONGEST_WARM_UP; turn++) {
      var start = System.nanoTime();
      var before = Processors.compilerMicros(process);
      Wrk.run(server.port(), one, BenchSite.SECONDS, CONNECTIONS);
      rate(server, one);
      var elapsed = (System.nanoTime() - start) / 1e3;
      if (Processors.compilerMicros(process) - before < AT_REST * elapsed) {
        return;
      }
    }
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

  /** Measures the share of one processor, in percent. */
  private static void idle(String name, Server server, Samples samples) {
    var before = Processors.micros(server.processes);
    var end = System.nanoTime() + IDLE_SECONDS * 1_000_000_000L;
    while (System.nanoTime() < end) {
      LockSupport.parkNanos(end - System.nanoTime());
    }
    samples.add(
        name + " idle", (Processors.micros(server.processes) - before) / IDLE_SECONDS / 1e4);
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
    table.row("idle, % of a processor", "%.2f".formatted(samples.median("broker idle")), "< 0.3");
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
