package tokenbroker.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import tokenbroker.testing.Answer;
import tokenbroker.testing.BrokerFiles;
import tokenbroker.testing.BrokerProcess;
import tokenbroker.testing.CallerTokens;
import tokenbroker.testing.Clients;
import tokenbroker.testing.RealRedis;
import tokenbroker.testing.ScriptedUpstream;

/** Measures what {@code docs/performance.md} tells. Started by {@code bench/run}. */
final class Benchmark {

  private static final Set<String> ALL = Set.of("hit", "tail", "allocation", "profile");
  private static final int CLIENTS = 1_000;
  private static final int ROUNDS = fromEnvironment("ROUNDS", 5);
  private static final int SECONDS = fromEnvironment("SECONDS_EACH", 5);
  private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);

  private final CallerTokens issuer = new CallerTokens("k1");
  private final Requests one = Requests.one(issuer);
  private final Requests thousand = Requests.distinct(issuer, CLIENTS);
  private final Path directory;
  private final RealRedis redis;
  private final ScriptedUpstream upstream;
  private final BrokerFiles files;
  private double saturated;

  private Benchmark(Path directory, RealRedis redis, ScriptedUpstream upstream) {
    this.directory = directory;
    this.redis = redis;
    this.upstream = upstream;
    this.files = new BrokerFiles(directory).callerKeys(issuer);
    Clients.write(files, upstream, CLIENTS, "system:serviceaccount:*");
  }

  public static void main(String[] sections) throws IOException {
    var chosen = sections.length == 0 ? ALL : Set.of(sections);
    if (!ALL.containsAll(chosen)) {
      throw new IllegalArgumentException("choose among " + ALL);
    }
    try (var redis = new RealRedis();
        var upstream = ScriptedUpstream.start()) {
      new Benchmark(Files.createTempDirectory("token-broker-bench"), redis, upstream).run(chosen);
    }
  }

  private void run(Set<String> sections) {
    OUT.printf(
        "Java %s, %d processors, %d rounds of %d s%n%n",
        Runtime.version(), Runtime.getRuntime().availableProcessors(), ROUNDS, SECONDS);
    OUT.println("| What | Figure | Wanted |");
    OUT.println("|---|---|---|");
    try (var broker = broker().start();
        var verifying = broker().with("broker.callers.remembered", "0").start()) {
      var like = broker.get("/tokens/client-0", issuer.token(Clients.CALLER));
      try (var nginx = new Nginx(directory, like)) {
        warmUp(broker, verifying);
        if (sections.contains("hit") || sections.contains("tail")) {
          hits(broker, verifying, nginx);
        }
        if (sections.contains("tail")) {
          tail(broker, nginx);
        }
        if (sections.contains("allocation")) {
          allocation(broker);
        }
        if (sections.contains("profile")) {
          profile(broker);
        }
      }
    }
  }

  private BrokerProcess.Settings broker() {
    return BrokerProcess.with(files)
        .with("quarkus.redis.hosts", redis.url())
        .with("broker.callers.rate-limit", "1000000")
        .with("broker.callers.burst", "1000000");
  }

  private void warmUp(BrokerProcess... brokers) {
    for (var broker : brokers) {
      Wrk.run(broker.port(), thousand, 2 * SECONDS);
      Wrk.run(broker.port(), one, SECONDS);
    }
  }

  private void hits(BrokerProcess broker, BrokerProcess verifying, Nginx nginx) {
    var rates = new LinkedHashMap<String, List<Double>>();
    for (var round = 0; round < ROUNDS; round++) {
      measure(rates, "nginx", nginx.port(), one);
      measure(rates, "one caller", broker.port(), one);
      measure(rates, "1,000 callers", broker.port(), thousand);
      measure(rates, "each verified", verifying.port(), one);
    }
    var nginxRate = median(rates, "nginx");
    var oneRate = median(rates, "one caller");
    saturated = oneRate;
    row("nginx, one worker, requests/s", "%.0f".formatted(nginxRate), "");
    row("hits, one caller, requests/s", "%.0f".formatted(oneRate), "");
    row("hits to nginx", ratio(oneRate, nginxRate), "≥ 0.85");
    row(
        "hits to the same with every JWT verified",
        ratio(oneRate, median(rates, "each verified")),
        "≥ 3");
    row(
        "1,000 callers and clients to one",
        ratio(median(rates, "1,000 callers"), oneRate),
        "≥ 0.9");
  }

  private void tail(BrokerProcess broker, Nginx nginx) {
    var p99 = new LinkedHashMap<String, List<Double>>();
    var p999 = new LinkedHashMap<String, List<Double>>();
    for (var round = 0; round < ROUNDS; round++) {
      tail("nginx", nginx.port(), p99, p999);
      tail("broker", broker.port(), p99, p999);
    }
    upstream.answer(Answer.token(Duration.ofSeconds(20)));
    try (var ownRedis = new RealRedis();
        var busy =
            broker()
                .with("quarkus.redis.hosts", ownRedis.url())
                .with("broker.clients.reload-every", "1s")
                .start();
        var edits = Executors.newSingleThreadScheduledExecutor()) {
      warmUp(busy);
      var edit = edits.scheduleAtFixedRate(this::editClients, 1, 1, TimeUnit.SECONDS);
      for (var round = 0; round < ROUNDS; round++) {
        tail("busy", busy.port(), p99, p999);
      }
      edit.cancel(false);
      row("open load, requests/s", "%.0f".formatted(saturated / 2), "");
      tailRow("p99", "broker", p99, "≤ 3");
      tailRow("p99.9", "broker", p999, "≤ 5");
      tailRow("p99 while tokens are renewed and clients reloaded", "busy", p99, "≤ 3");
      tailRow("p99.9 while tokens are renewed and clients reloaded", "busy", p999, "≤ 5");
      row("renewals meanwhile", "%.0f".formatted(busy.metric("token_broker_refresh_total")), "");
    }
  }

  private void tail(
      String name, int port, Map<String, List<Double>> p99, Map<String, List<Double>> p999) {
    var times = OpenLoad.run(port, thousand, saturated / 2, SECONDS);
    p99.computeIfAbsent(name, first -> new ArrayList<>()).add(times.millis(0.99));
    p999.computeIfAbsent(name, first -> new ArrayList<>()).add(times.millis(0.999));
  }

  /** The file is another one each time, and says the same. */
  private void editClients() {
    try {
      files.clients(Files.readString(files.clients()) + "# edited\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void allocation(BrokerProcess broker) {
    broker.liveHeap();
    var before = broker.metric("jvm_gc_memory_allocated_bytes_total");
    var requests = Wrk.run(broker.port(), one, 2 * SECONDS).requests();
    broker.liveHeap();
    var bytes = broker.metric("jvm_gc_memory_allocated_bytes_total") - before;
    row("allocated per hit, bytes", "%.0f".formatted(bytes / requests), "");
  }

  private void profile(BrokerProcess broker) {
    var recording = Path.of("target", "hits.jfr").toAbsolutePath();
    broker.jcmd("JFR.start", "name=hits", "settings=profile");
    Wrk.run(broker.port(), one, 4 * SECONDS);
    broker.jcmd("JFR.stop", "name=hits", "filename=" + recording);
    row("profile: jfr view allocation-by-site " + recording, "", "");
  }

  private static void tailRow(
      String name, String of, Map<String, List<Double>> times, String wanted) {
    var nginx = median(times, "nginx");
    var broker = median(times, of);
    row(
        name + " to nginx's (%.2f ms to %.2f ms)".formatted(broker, nginx),
        ratio(broker, nginx),
        wanted);
  }

  private static void measure(
      Map<String, List<Double>> rates, String name, int port, Requests requests) {
    rates
        .computeIfAbsent(name, first -> new ArrayList<>())
        .add(Wrk.run(port, requests, SECONDS).perSecond());
  }

  private static double median(Map<String, List<Double>> samples, String name) {
    var sorted = samples.get(name).stream().mapToDouble(each -> each).sorted().toArray();
    return Arrays.stream(sorted).skip(sorted.length / 2).findFirst().orElseThrow();
  }

  private static String ratio(double of, double to) {
    return "%.2f".formatted(of / to);
  }

  private static void row(String what, String figure, String wanted) {
    OUT.printf("| %s | %s | %s |%n", what, figure, wanted);
  }

  private static int fromEnvironment(String name, int otherwise) {
    var given = System.getenv(name);
    return given == null ? otherwise : Integer.parseInt(given);
  }
}
