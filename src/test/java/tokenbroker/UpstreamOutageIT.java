package tokenbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tokenbroker.testing.Answer;
import tokenbroker.testing.Measured;
import tokenbroker.testing.Site;
import tokenbroker.testing.SteadyCallers;

/**
 * Proves that an upstream outage is invisible while a token is usable, and reported correctly
 * afterwards.
 */
class UpstreamOutageIT {

  private static final int CLIENTS = 20;
  private static final AtomicInteger SERIAL = new AtomicInteger();

  @RegisterExtension
  private static final Site SITE =
      new Site()
          .clients(CLIENTS)
          .with("broker.clients.reload-every", "1s")
          .with("broker.upstream.timeout", "1s")
          .brokers(2);

  static Stream<Arguments> outages() {
    return Stream.of(
        Arguments.of("closed", Answer.closed(), 503),
        Arguments.of("slow", Answer.trickle(), 503),
        Arguments.of("garbage", Answer.html(200), 502),
        Arguments.of("429", Answer.html(429), 503),
        Arguments.of("503", Answer.html(503), 503));
  }

  /** The token lives for 8 s, is refreshed from 5 s on, and is served for 6 s. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("outages")
  void anOutageIsInvisibleWhileATokenLivesAndReportedAfterwards(
      String name, Answer outage, int status) {
    var client = SERIAL.incrementAndGet();
    var path = "/tokens/client-" + client;
    SITE.upstream().answer("id-" + client, Answer.token(Duration.ofSeconds(8)));
    SITE.brokers()
        .forEach(broker -> assertThat(broker.get(path, SITE.caller()).statusCode()).isEqualTo(200));
    SITE.upstream().answer("id-" + client, outage);
    var waitedBefore = notFromNearby(client);
    try (var callers = SteadyCallers.on(SITE.brokers(), List.of(path), SITE.caller(), 50)) {
      await().until(() -> !callers.failures().isEmpty());
      var served = callers.soFar().stream().filter(call -> call.status() == 200).count();
      var failedAt = SITE.upstream().count("id-" + client);
      assertThat(callers.failures())
          .allSatisfy(call -> assertThat(call.status()).isEqualTo(status));
      assertThat(failedAt).as("attempts during the outage").isBetween(2, 5);
      assertThat(notFromNearby(client) - waitedBefore).isZero();

      SITE.upstream().answer("id-" + client, Answer.token());
      await().until(() -> callers.soFar().getLast().status() == 200);
      assertThat(SITE.upstream().count("id-" + client)).isLessThanOrEqualTo(failedAt + 3);
      Measured.say(
          "anOutageIsInvisibleWhileATokenLivesAndReportedAfterwards(" + name + ")",
          served + " calls served without waiting; then " + status + " until it was back");
    }
  }

  @Test
  void attemptsFollowOneBackOffForAllReplicas() {
    var client = SERIAL.incrementAndGet();
    SITE.upstream().answer("id-" + client, Answer.html(503));
    try (var callers =
        SteadyCallers.on(SITE.brokers(), List.of("/tokens/client-" + client), SITE.caller(), 100)) {
      await()
          .until(
              () ->
                  SITE.upstream().count("id-" + client)
                      == 4); // at 0, 1, 3 and 7 s, or up to a quarter earlier
      var calls = callers.end();
      assertThat(calls.size()).as("calls during the four attempts").isGreaterThan(400);
      assertThat(calls).allSatisfy(call -> assertThat(call.status()).isEqualTo(503));
      Measured.say(
          "attemptsFollowOneBackOffForAllReplicas",
          "4 attempts for %d calls to two replicas".formatted(calls.size()));
    }
  }

  @Test
  void bothReplicasWaitAsLongAsA429Says() {
    var client = SERIAL.incrementAndGet();
    var path = "/tokens/client-" + client;
    SITE.upstream().answer("id-" + client, Answer.html(429, Map.of("Retry-After", "6")));
    var first = SITE.broker(0).get(path, SITE.caller());
    var second = SITE.broker(1).get(path, SITE.caller());
    for (var answer : List.of(first, second)) {
      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.headers().firstValueAsLong("Retry-After").orElseThrow()).isBetween(1L, 6L);
    }
    SITE.upstream().answer("id-" + client, Answer.token());
    try (var callers = SteadyCallers.on(SITE.brokers(), List.of(path), SITE.caller(), 50)) {
      await().until(() -> callers.soFar().stream().anyMatch(call -> call.status() == 200));
      var refused = callers.failures().size();
      assertThat(refused).as("calls rejected during the back-off").isGreaterThan(100);
      assertThat(SITE.upstream().count("id-" + client)).isEqualTo(2);
      Measured.say(
          "bothReplicasWaitAsLongAsA429Says", "1 attempt for %d calls, then 1".formatted(refused));
    }
  }

  @Test
  void rejectedCredentialsAreTriedAgainAtOnceWhenNewOnesArrive() {
    var client = SERIAL.incrementAndGet();
    var path = "/tokens/client-" + client;
    SITE.upstream().answer("id-" + client, Answer.tokenIfSecret("the-right-one"));
    for (var i = 0; i < 50; i++) {
      assertThat(SITE.broker(i % 2).get(path, SITE.caller()).statusCode()).isEqualTo(502);
    }
    assertThat(SITE.upstream().count("id-" + client)).isOne();

    SITE.files().credentials("client-" + client, "id-" + client, "the-right-one");
    await().until(() -> SITE.broker(0).get(path, SITE.caller()).statusCode() == 200);
    await().until(() -> SITE.broker(1).get(path, SITE.caller()).statusCode() == 200);
    Measured.say(
        "rejectedCredentialsAreTriedAgainAtOnceWhenNewOnesArrive",
        "1 attempt for 50 calls; " + SITE.upstream().count("id-" + client) + " in all");
  }

  private static double notFromNearby(int client) {
    return SITE.brokers().stream()
        .flatMap(broker -> broker.metrics().lines())
        .filter(line -> line.startsWith("token_broker_requests_total{"))
        .filter(line -> line.contains("client=\"client-" + client + "\""))
        .filter(line -> line.contains("outcome=\"shared\"") || line.contains("outcome=\"fetched\""))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }
}
