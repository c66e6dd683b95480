package tokenbroker.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tokenbroker.testing.BrokerProcess;
import tokenbroker.testing.OAuthForm;

/**
 * Compares this build with another commit, in interleaved rounds. {@code bench/run compare REF}
 * packages the other one.
 */
final class Compare {

  private static final int CONNECTIONS = 32;
  private static final int PER_SECOND = 2_000;
  private static final int CONNECTIONS_AT_RATE = 50;
  private static final int CLIENTS = 8_000;

  private Compare() {}

  /**
   * Measures both builds.
   *
   * @param other the directory of the other build
   */
  static void measure(Table table, Path other) {
    try (var site = new BenchSite(CLIENTS);
        var mine = site.broker().start();
        var theirs = site.broker(other).start()) {
      var brokers = new LinkedHashMap<String, BrokerProcess>();
      brokers.put("this", mine);
      brokers.put("other", theirs);
      var one = Requests.one(site.issuer);
      var loads = new LinkedHashMap<String, Requests>();
      loads.put("GET /tokens", one);
      for (var form : OAuthForm.values()) {
        loads.put("POST /oauth2/token (" + form.label() + ")", one.as(form));
      }
      for (var broker : brokers.values()) {
        loads.values().forEach(requests -> BenchSite.warmUp(broker, requests));
      }
      var samples = new Samples();
      for (var round = 0; round < BenchSite.ROUNDS; round++) {
        loads.forEach(
            (load, requests) ->
                brokers.forEach((name, broker) -> measure(name, load, broker, requests, samples)));
        brokers.forEach((name, broker) -> atRate(name, broker, one, samples));
      }
      misses(site, mine, theirs, samples);
      tell(table, samples, loads);
    }
  }

  private static void measure(
      String name, String load, BrokerProcess broker, Requests requests, Samples samples) {
    var processes = List.of(broker.handle());
    var before = Processors.micros(processes);
    var result = Wrk.run(broker.port(), requests, BenchSite.SECONDS, CONNECTIONS);
    samples.add(name + load + "µs", (Processors.micros(processes) - before) / result.requests());
    samples.add(name + load + "hits", result.perSecond());
    samples.add(name + load + "p99", result.p99());
  }

  private static void atRate(String name, BrokerProcess broker, Requests one, Samples samples) {
    var processes = List.of(broker.handle());
    var before = Processors.micros(processes);
    var number =
        H2load.atRate(
            broker.port(),
            one.asks().getFirst(),
            PER_SECOND,
            CONNECTIONS_AT_RATE,
            BenchSite.SECONDS);
    samples.add(name + "rate", (Processors.micros(processes) - before) / number);
  }

  /**
   * Measures misses, one at a time: one build fetches a client's token, and the other one then
   * reads it from Redis. They take turns. The first half is warm-up.
   */
  private static void misses(
      BenchSite site, BrokerProcess mine, BrokerProcess theirs, Samples samples) {
    var asks = Requests.clients(site.issuer, CLIENTS).texts();
    try (var toMine = new OneConnection(mine.port());
        var toTheirs = new OneConnection(theirs.port())) {
      for (var i = 1; i < CLIENTS; i++) {
        var isMineFirst = i % 2 == 0;
        var first = (isMineFirst ? toMine : toTheirs).ask(asks.get(i)) / 1e3;
        var second = (isMineFirst ? toTheirs : toMine).ask(asks.get(i)) / 1e3;
        if (i > CLIENTS / 2) {
          samples.add((isMineFirst ? "this" : "other") + "fetched", first);
          samples.add((isMineFirst ? "other" : "this") + "shared", second);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void tell(Table table, Samples samples, Map<String, Requests> loads) {
    for (var load : loads.keySet()) {
      row(table, load + ", processor time of a hit at saturation, µs", samples, load + "µs");
      row(table, load + ", hits/s", samples, load + "hits");
      row(table, load + ", p99, ms", samples, load + "p99");
    }
    row(table, "processor time of a hit at %,d/s, µs".formatted(PER_SECOND), samples, "rate");
    row(table, "a miss answered from Redis, µs", samples, "shared");
    row(table, "a miss answered by the upstream, µs", samples, "fetched");
  }

  private static void row(Table table, String what, Samples samples, String quantity) {
    var mine = samples.median("this" + quantity);
    var theirs = samples.median("other" + quantity);
    table.row(
        what + ": this; the other; this to the other",
        "%.1f; %.1f; %.2f".formatted(mine, theirs, mine / theirs),
        "");
  }
}
