package tokenbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tokenbroker.testing.Answer;
import tokenbroker.testing.Clients;
import tokenbroker.testing.Measured;
import tokenbroker.testing.Site;
import tokenbroker.testing.SteadyCallers;

/**
 * Proves that two replicas refresh short-lived tokens in time, once, and only while callers use
 * them.
 */
class RenewalIT {

  private static final int STEADY = 20;
  private static final int IDLE = 20;
  private static final int KEPT = 21;
  private static final int CLIENTS = 22;
  private static final Duration LIFETIME = Duration.ofSeconds(30);

  @RegisterExtension
  private static final Site SITE =
      new Site()
          .clients(CLIENTS)
          .with("broker.tokens.safety-window", "1s")
          .with("broker.tokens.refresh-ahead", "0.95")
          .brokers(2);

  @Test
  void noCallerWaitsForTheUpstreamAfterTheFirst() {
    var paths = Clients.paths(STEADY);
    SITE.upstream().answer(Answer.token(LIFETIME).after(Duration.ofSeconds(1)));
    SITE.brokers().forEach(broker -> paths.forEach(path -> broker.get(path, SITE.caller())));
    var fetchesBefore = SITE.upstream().count();
    var nearbyBefore = outcomes("nearby");
    var allBefore = outcomes("");
    var begun = System.nanoTime();
    try (var callers = SteadyCallers.on(SITE.brokers(), paths, SITE.caller(), 100)) {
      await()
          .atMost(Duration.ofMinutes(2))
          .until(() -> SITE.upstream().count() - fetchesBefore >= 2 * STEADY);
      var calls = callers.end();
      var lifetimes = (System.nanoTime() - begun) / (double) LIFETIME.toNanos();
      var fetches = (SITE.upstream().count() - fetchesBefore) / lifetimes / STEADY;

      assertThat(calls).allSatisfy(call -> assertThat(call.status()).isEqualTo(200));
      assertThat(outcomes("nearby") - nearbyBefore)
          .as("responses from this process's cache (expected: all)")
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
    SITE.upstream().answer("id-" + IDLE, Answer.token(Duration.ofSeconds(4)));
    var broker = SITE.broker(0);
    broker.get("/tokens/client-" + IDLE, SITE.caller());
    await().until(() -> SITE.upstream().count("id-" + IDLE) >= 2);
    await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> broker.metric("token_broker_runway_seconds{client=\"client-" + IDLE) == 0);
    Measured.say(
        "aClientWithoutRequestsIsNoLongerRenewed",
        SITE.upstream().count("id-" + IDLE) + " fetches of a 4 s token, then none");
  }

  @Test
  void aRestartFetchesNothingThatRedisStillHolds() throws IOException {
    SITE.upstream().answer("id-" + KEPT, Answer.token());
    var before = SITE.broker(0).get("/tokens/client-" + KEPT, SITE.caller());
    try (var restarted = SITE.settings().start()) {
      var after = restarted.get("/tokens/client-" + KEPT, SITE.caller());
      assertThat(after.statusCode()).isEqualTo(200);
      assertThat(after.headers().firstValue("Token-Id"))
          .isEqualTo(before.headers().firstValue("Token-Id"));
      assertThat(restarted.metric("token_broker_requests_total{caller")).isOne();
      assertThat(restarted.metrics()).contains("outcome=\"shared\"");
    }
    assertThat(SITE.upstream().count("id-" + KEPT)).isOne();
    Measured.say("aRestartFetchesNothingThatRedisStillHolds", "0 fetches");
  }

  private static double outcomes(String outcome) {
    return SITE.brokers().stream()
        .flatMap(broker -> Stream.of(broker.metrics().split("\n")))
        .filter(line -> line.startsWith("token_broker_requests_total{"))
        .filter(line -> line.contains("outcome=\"" + outcome))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }
}
