package tokenbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tokenbroker.testing.Answer;
import tokenbroker.testing.BrokerFiles;
import tokenbroker.testing.BrokerProcess;
import tokenbroker.testing.CallerTokens;
import tokenbroker.testing.Clients;
import tokenbroker.testing.Measured;
import tokenbroker.testing.RealRedis;
import tokenbroker.testing.ScriptedUpstream;
import tokenbroker.testing.SteadyCallers;

/** Two replicas renew short-lived tokens in time, once, and only while somebody asks for them. */
class RenewalIT {

  private static final CallerTokens ISSUER = new CallerTokens("k1");
  private static final int STEADY = 20;
  private static final int IDLE = 20;
  private static final int KEPT = 21;
  private static final int CLIENTS = 22;
  private static final Duration LIFETIME = Duration.ofSeconds(30);

  @TempDir static Path directory;

  private static RealRedis redis;
  private static ScriptedUpstream upstream;
  private static BrokerProcess.Settings settings;
  private static List<BrokerProcess> brokers = List.of();
  private static String orders;

  @BeforeAll
  static void start() {
    redis = new RealRedis();
    upstream = ScriptedUpstream.start();
    var files = new BrokerFiles(directory).callerKeys(ISSUER);
    Clients.write(files, upstream, CLIENTS);
    settings =
        BrokerProcess.with(files)
            .with("quarkus.redis.hosts", redis.url())
            .with("broker.tokens.safety-window", "1s")
            .with("broker.tokens.refresh-ahead", "0.95");
    brokers = settings.start(2);
    orders = ISSUER.token(Clients.CALLER);
  }

  @AfterAll
  static void end() {
    brokers.forEach(BrokerProcess::close);
    upstream.close();
    redis.close();
  }

  @Test
  void noCallerWaitsForTheUpstreamAfterTheFirst() {
    var paths = Clients.paths(STEADY);
    upstream.answer(Answer.token(LIFETIME).after(Duration.ofSeconds(1)));
    brokers.forEach(broker -> paths.forEach(path -> broker.get(path, orders)));
    var fetchesBefore = upstream.count();
    var nearbyBefore = outcomes("nearby");
    var allBefore = outcomes("");
    var begun = System.nanoTime();
    try (var callers = SteadyCallers.on(brokers, paths, orders, 100)) {
      await()
          .atMost(Duration.ofMinutes(2))
          .until(() -> upstream.count() - fetchesBefore >= 2 * STEADY);
      var calls = callers.end();
      var lifetimes = (System.nanoTime() - begun) / (double) LIFETIME.toNanos();
      var fetches = (upstream.count() - fetchesBefore) / lifetimes / STEADY;

      assertThat(calls).allSatisfy(call -> assertThat(call.status()).isEqualTo(200));
      assertThat(outcomes("nearby") - nearbyBefore)
          .as("answered from this process, of all that were answered")
          .isEqualTo(outcomes("") - allBefore);
      assertThat(fetches).isLessThanOrEqualTo(1.2);
      Measured.say(
          "noCallerWaitsForTheUpstreamAfterTheFirst",
          "%d calls over %.1f lifetimes, all from nearby, %.2f fetches per lifetime and client"
              .formatted(calls.size(), lifetimes, fetches));
    }
  }

  @Test
  void aClientWithoutRequestsIsNoLongerRenewed() {
    upstream.answer("id-" + IDLE, Answer.token(Duration.ofSeconds(4)));
    var broker = brokers.getFirst();
    broker.get("/tokens/client-" + IDLE, orders);
    await().until(() -> upstream.count("id-" + IDLE) >= 2);
    await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> broker.metric("token_broker_runway_seconds{client=\"client-" + IDLE) == 0);
    Measured.say(
        "aClientWithoutRequestsIsNoLongerRenewed",
        upstream.count("id-" + IDLE) + " fetches of a 4 s token, then none");
  }

  @Test
  void aRestartFetchesNothingThatRedisStillHolds() throws IOException {
    upstream.answer("id-" + KEPT, Answer.token());
    var before = brokers.getFirst().get("/tokens/client-" + KEPT, orders);
    try (var restarted = settings.start()) {
      var after = restarted.get("/tokens/client-" + KEPT, orders);
      assertThat(after.statusCode()).isEqualTo(200);
      assertThat(after.headers().firstValue("Token-Id"))
          .isEqualTo(before.headers().firstValue("Token-Id"));
      assertThat(restarted.metric("token_broker_requests_total{caller")).isOne();
      assertThat(restarted.metrics()).contains("outcome=\"shared\"");
    }
    assertThat(upstream.count("id-" + KEPT)).isOne();
    Measured.say("aRestartFetchesNothingThatRedisStillHolds", "0 fetches");
  }

  private static double outcomes(String outcome) {
    return brokers.stream()
        .flatMap(broker -> Stream.of(broker.metrics().split("\n")))
        .filter(line -> line.startsWith("token_broker_requests_total{"))
        .filter(line -> line.contains("outcome=\"" + outcome))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }
}
