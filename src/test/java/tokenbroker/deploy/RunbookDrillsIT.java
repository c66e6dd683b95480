package tokenbroker.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tokenbroker.testing.Answer;
import tokenbroker.testing.ApiServer;
import tokenbroker.testing.BrokerProcess;
import tokenbroker.testing.CallerTokens;
import tokenbroker.testing.Clients;
import tokenbroker.testing.FreePorts;
import tokenbroker.testing.Site;
import tokenbroker.testing.SteadyCallers;

/**
 * Brings brokers into the states that alerts report, and executes the runbooks: the alert fires,
 * the first query finds the incident, and the log has what the runbook searches for.
 */
class RunbookDrillsIT {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final String OWN_TOKEN = "token-of-the-broker";
  private static final String ISSUER_WITHOUT_KEYS = "https://absent.test";

  @RegisterExtension private final Site site = new Site().clients(4);

  private ApiServer apiServer;
  private List<BrokerProcess> brokers;
  private RealPrometheus prometheus;

  @BeforeEach
  void start() {
    Tool.PROMETHEUS.assumeThere();
    apiServer = ApiServer.publishing(site.issuer().jwks()).requiring(OWN_TOKEN);
    site.files().write("own-token", OWN_TOKEN);
    var reviews = "broker.issuers.test.token-review";
    brokers =
        site.start(
            site.settings()
                .with(reviews, "true")
                .with(reviews + "-api-server", "http://127.0.0.1:" + apiServer.port())
                .with(reviews + "-token-file", site.directory().resolve("own-token"))
                .with("broker.issuers.absent.issuer", ISSUER_WITHOUT_KEYS)
                .with("broker.issuers.absent.keys", "http://127.0.0.1:" + FreePorts.free())
                .with("broker.clients.reload-every", "1s"),
            2);
    prometheus = new RealPrometheus(site.directory(), brokers);
  }

  @AfterEach
  void end() {
    if (prometheus != null) {
      prometheus.close();
      apiServer.close();
    }
  }

  @Test
  void troubleWithTrackMage() {
    try (var callers = SteadyCallers.on(brokers, Clients.paths(3), site.caller(), 60)) {
      await().atMost(PATIENCE).until(() -> callers.answered() > 300);
      site.upstream().skewDate(Duration.ofMinutes(1));
      site.upstream().answer("id-1", Answer.token(Duration.ofSeconds(20)));
      reportDead("/tokens/client-1");
      site.upstream().answer("id-1", Answer.html(503));
      site.upstream().answer("id-2", Answer.error("invalid_client"));
      reportDead("/tokens/client-2");

      assertFound("TokenBrokerUpstreamRejectsCredentials");
      assertFound("TokenBrokerRefreshFailing");
      assertFound("TokenBrokerRunwayLow");
      assertFound("TokenBrokerHighErrorRate");
      assertFound("TokenBrokerErrorBudgetBurnsFast");
      assertFound("TokenBrokerFreshnessBudgetBurns");
      assertFound("TokenBrokerClockSkew");
    }
  }

  @Test
  void troubleWithCallers() throws IOException {
    var absent = site.issuer().token(Clients.CALLER, Map.of("iss", ISSUER_WITHOUT_KEYS));
    assertThat(brokers.getFirst().get("/tokens/client-0", absent).statusCode()).isEqualTo(503);
    assertFound("TokenBrokerIssuerWithoutKeys");

    apiServer.reviews().mayReview(false);
    Files.delete(site.files().callerKeys());
    assertFound("TokenBrokerTokenReviewsFail", this::sendUnusual);
    assertFound("TokenBrokerCallerKeysStale", this::sendUnusual);
    assertFound("TokenBrokerAuthorizationDenialSpike", this::sendUnusual);
  }

  @Test
  void troubleInTheBrokersOwnHouse() {
    await().atMost(PATIENCE).until(() -> prometheus.query("token_broker_store_up").size() == 2);
    site.files().clients("clients: [");
    assertFound("TokenBrokerConfigRejected");

    site.redis().stop();
    assertFound("TokenBrokerStoreDegraded", () -> get("/tokens/client-3", site.caller()));

    brokers.forEach(BrokerProcess::close);
    assertFound("TokenBrokerDown");
  }

  private void assertFound(String alert) {
    assertFound(alert, () -> {});
  }

  /** Repeats the cause until the alert fires. */
  private void assertFound(String alert, Runnable cause) {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(500))
        .untilAsserted(
            () -> {
              cause.run();
              assertThat(prometheus.everFired())
                  .anyMatch(fired -> (fired + " ").startsWith(alert + " "));
            });
    var runbook = Runbook.of(alert);
    var query = runbook.queries().getFirst();
    assertThat(prometheus.query(query)).as(alert + ": " + query).isNotEmpty();
    var log = brokers.stream().map(BrokerProcess::output).collect(Collectors.joining());
    runbook.searches().stream()
        .limit(1)
        .forEach(search -> assertThat(search.in(log)).as(alert + ": " + search).isNotEmpty());
  }

  /** Sends a stranger's request, one with an unknown key, and one with a JWT never seen before. */
  private void sendUnusual() {
    for (var i = 0; i < 10; i++) {
      get("/tokens/client-0", site.token("stranger"));
    }
    get("/tokens/client-0", new CallerTokens("k2").token(Clients.CALLER));
    get("/tokens/client-0", site.token(Clients.CALLER));
  }

  private void get(String path, String jwt) {
    brokers.forEach(broker -> broker.get(path, jwt));
  }

  private void reportDead(String path) {
    var broker = brokers.getFirst();
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              var current = broker.get(path, site.caller());
              assertThat(current.statusCode()).isEqualTo(200);
              var id = current.headers().firstValue("Token-Id").orElseThrow();
              var report =
                  broker.post(path + "/invalidate", site.caller(), "{\"token_id\":\"" + id + "\"}");
              assertThat(report.statusCode()).as(report.body()).isEqualTo(200);
            });
  }
}
