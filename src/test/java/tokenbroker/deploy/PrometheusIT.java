package tokenbroker.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tokenbroker.testing.Answer;
import tokenbroker.testing.ApiServer;
import tokenbroker.testing.BrokerFiles;
import tokenbroker.testing.BrokerProcess;
import tokenbroker.testing.CallerTokens;
import tokenbroker.testing.Clients;
import tokenbroker.testing.RealRedis;
import tokenbroker.testing.ScriptedUpstream;
import tokenbroker.testing.SteadyCallers;

/**
 * Proves in a real Prometheus, with running brokers, that the rules of {@code k8s/monitoring} fire
 * when they should.
 */
class PrometheusIT {

  private static final CallerTokens ISSUER = new CallerTokens("k1");
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String HEALTHY = "/tokens/client-0";
  private static final String TROUBLED = "/tokens/client-1";
  private static final String OWN_TOKEN = "token-of-the-broker";
  private static final String NEVER_SERVED = "/tokens/client-2";

  private static final Set<String> EXPECTED =
      Set.of(
          "TokenBrokerHighErrorRate client-1",
          "TokenBrokerRefreshFailing client-1",
          "TokenBrokerRunwayLow client-1",
          "TokenBrokerErrorBudgetBurnsFast",
          "TokenBrokerErrorBudgetBurnsSlowly",
          "TokenBrokerFreshnessBudgetBurns");

  /** They end when hours have fewer errors, and hours are not accelerated. */
  private static final Set<String> END_LATER =
      Set.of("TokenBrokerErrorBudgetBurnsSlowly", "TokenBrokerFreshnessBudgetBurns");

  @TempDir Path directory;

  private BrokerFiles files;
  private RealRedis redis;
  private ScriptedUpstream upstream;
  private ApiServer apiServer;
  private List<BrokerProcess> brokers = List.of();
  private RealPrometheus prometheus;
  private String orders;

  @BeforeEach
  void start() {
    Tool.PROMETHEUS.assumeThere();
    redis = new RealRedis();
    upstream = ScriptedUpstream.start();
    apiServer = ApiServer.publishing(ISSUER.jwks()).requiring(OWN_TOKEN);
    files = new BrokerFiles(directory).callerKeys(ISSUER).write("own-token", OWN_TOKEN);
    Clients.write(files, upstream, 3);
    brokers =
        BrokerProcess.with(files)
            .with("quarkus.redis.hosts", redis.url())
            .with("broker.issuers.test.token-review", "true")
            .with(
                "broker.issuers.test.token-review-api-server",
                "http://127.0.0.1:" + apiServer.port())
            .with("broker.issuers.test.token-review-token-file", directory.resolve("own-token"))
            .with("broker.callers.rate-limit", "50")
            .with("broker.callers.burst", "60")
            .start(2);
    prometheus = new RealPrometheus(directory, brokers);
    orders = ISSUER.token(Clients.CALLER);
  }

  @AfterEach
  void end() {
    if (prometheus != null) {
      prometheus.close();
      brokers.forEach(BrokerProcess::close);
      upstream.close();
      apiServer.close();
      redis.close();
    }
  }

  @Test
  void everythingThatRulesAndDashboardSelectIsThereAfterAnEventfulRun() throws IOException {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(prometheus.targets()).containsExactly("up", "up"));
    var first = brokers.getFirst();
    for (var broker : brokers) {
      for (var path : Clients.paths(2)) {
        assertThat(broker.get(path, orders).statusCode()).isEqualTo(200);
        assertThat(broker.get(path, orders).statusCode()).isEqualTo(200);
      }
    }
    assertThat(first.get(HEALTHY, ISSUER.token("nobody")).statusCode()).isEqualTo(403);
    assertThat(first.get("/tokens/no-such-client", orders).statusCode()).isEqualTo(403);
    assertThat(first.get(HEALTHY, "not.a.jwt").statusCode()).isEqualTo(401);
    exceedTheRate(first);
    reportDead(first, HEALTHY);
    upstream.answer("id-1", Answer.error("invalid_client"));
    reportDead(first, TROUBLED);
    upstream.answer("id-2", Answer.html(503));
    assertThat(first.get(NEVER_SERVED, orders).statusCode()).isEqualTo(503);
    apiServer.reviews().mayReview(false);
    assertThat(first.get(HEALTHY, ISSUER.token(Clients.CALLER)).statusCode()).isEqualTo(200);
    failToReadKeys(first);
    stopRedis(first);

    var names = first.metrics().lines().map(line -> line.split("[{ ]", 2)[0]).toList();
    assertThat(AlertRules.selectors())
        .hasSizeGreaterThan(30)
        .filteredOn(selector -> !selector.matches("(client|slo):.*"))
        .allSatisfy(selector -> assertThat(names).contains(selector.split("\\{", 2)[0]));
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(AlertRules.selectors())
                    // RunbookDrillsIT has an issuer without keys.
                    .filteredOn(selector -> !selector.contains("keys_unavailable"))
                    .filteredOn(selector -> prometheus.query(selector).isEmpty())
                    .as("selectors without a series")
                    .isEmpty());
  }

  @Test
  void anOutageOfTheUpstreamFiresTheAlertsOfItsClientAndOfTheObjectivesAndNoOthers() {
    try (var callers = SteadyCallers.on(brokers, Clients.paths(3), orders, 60)) {
      await().atMost(PATIENCE).until(() -> evaluations() > 30);
      assertThat(prometheus.everFired()).as("alerts during normal operation").isEmpty();

      upstream.answer("id-1", Answer.token(Duration.ofSeconds(20)));
      reportDead(brokers.getFirst(), TROUBLED);
      upstream.answer("id-1", Answer.html(503));
      // Not all at the same moment: with a longer back-off, fetches fail less often than the alert
      // on them requires.
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(prometheus.everFired()).isEqualTo(EXPECTED));

      upstream.answer("id-1", Answer.token());
      await().atMost(PATIENCE).until(() -> END_LATER.containsAll(prometheus.firing()));
      assertThat(prometheus.everFired()).isEqualTo(EXPECTED);
      assertThat(callers.failures())
          .isNotEmpty()
          .allSatisfy(call -> assertThat(call.path()).isEqualTo(TROUBLED));
    }
  }

  @Test
  void promtoolFindsNoFaultInTheBrokersOwnMetrics() {
    Tool.PROMTOOL.assumeThere();
    var broker = brokers.getFirst();
    broker.get(HEALTHY, orders);
    broker.get(HEALTHY, ISSUER.token("nobody"));
    broker.get(HEALTHY, "not.a.jwt");
    exceedTheRate(broker);
    reportDead(broker, HEALTHY);
    stopRedis(broker);
    var plain =
        broker.send(
            HttpRequest.newBuilder(broker.managementUrl("/q/metrics"))
                .header("Accept", "text/plain; version=0.0.4")
                .build());
    var checked = Tool.PROMTOOL.runOn(plain.body(), directory, "check", "metrics");
    assertThat(plain.body()).contains("token_broker_store_errors_total{");
    assertThat(checked.output()).doesNotContain("error while linting");
    assertThat(checked.output().lines()).noneMatch(line -> line.startsWith("token_broker_"));
  }

  /** Returns how many rule evaluations included every client. */
  private double evaluations() {
    return prometheus.value("min(count_over_time(client:token_broker_runway_seconds:min[1h]))");
  }

  /** Sends more requests at once than the rate limit allows, even if the machine is slow. */
  private void exceedTheRate(BrokerProcess broker) {
    var hasty = ISSUER.token("hasty");
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                Stream.generate(() -> broker.sendAsync(HEALTHY, hasty)).limit(500).toList().stream()
                    .map(answer -> answer.join().statusCode())
                    .anyMatch(status -> status == 429));
  }

  private void reportDead(BrokerProcess broker, String path) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              var current = broker.get(path, orders);
              assertThat(current.statusCode()).isEqualTo(200);
              var id = current.headers().firstValue("Token-Id").orElseThrow();
              var report =
                  broker.post(path + "/invalidate", orders, "{\"token_id\":\"" + id + "\"}");
              assertThat(report.statusCode()).as(report.body()).isEqualTo(200);
            });
  }

  /**
   * Sends a JWT with an unknown key id. The broker then reads the keys, whose file has been
   * deleted.
   */
  private void failToReadKeys(BrokerProcess broker) throws IOException {
    Files.delete(files.callerKeys());
    var unknown = new CallerTokens("k2").token(Clients.CALLER);
    assertThat(broker.get(HEALTHY, unknown).statusCode()).isEqualTo(401);
  }

  private void stopRedis(BrokerProcess broker) {
    redis.stop();
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                broker.get("/clients", orders).statusCode() == 200
                    && broker.metric("token_broker_store_up") == 0);
  }
}
