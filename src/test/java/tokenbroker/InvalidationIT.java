package tokenbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static tokenbroker.testing.Responses.assertProblem;
import static tokenbroker.testing.Responses.json;
import static tokenbroker.testing.Responses.retryAfter;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tokenbroker.testing.Answer;
import tokenbroker.testing.BrokerProcess;
import tokenbroker.testing.Measured;
import tokenbroker.testing.Site;
import tokenbroker.testing.SteadyCallers;

/** Proves that a token reported as rejected is replaced once and disappears from every replica. */
class InvalidationIT {

  @RegisterExtension private static final Site SITE = new Site().clients(4).brokers(2);

  @Test
  void aHundredReportsOfOneDeadTokenToTwoReplicasFetchOnce() {
    var dead = tokenId(SITE.broker(0).get("/tokens/client-0", SITE.caller()));
    SITE.broker(1).get("/tokens/client-0", SITE.caller());
    SITE.upstream().answer(Answer.token().after(Duration.ofMillis(300)));
    var reports = new ArrayList<CompletableFuture<HttpResponse<String>>>();
    for (var i = 0; i < 100; i++) {
      reports.add(report(SITE.broker(i % 2), "client-0", dead));
    }

    assertThat(reports)
        .allSatisfy(
            report -> {
              assertThat(report.join().statusCode()).isEqualTo(200);
              assertThat(tokenId(report.join())).isNotEqualTo(dead);
            });
    assertThat(SITE.upstream().count("id-0")).isEqualTo(2);
    for (var i = 0; i < 50; i++) {
      assertThat(tokenId(SITE.broker(i % 2).get("/tokens/client-0", SITE.caller())))
          .isNotEqualTo(dead);
    }
    var replaced = reports.stream().filter(report -> replaced(report.join())).count();
    assertThat(replaced).isPositive();
    Measured.say(
        "aHundredReportsOfOneDeadTokenToTwoReplicasFetchOnce",
        "1 fetch, %d of 100 told replaced".formatted(replaced));
  }

  @Test
  void aReplicaThatMissedTheWordServesTheDeadTokenForFiveSecondsAtMost() {
    var dead = tokenId(SITE.broker(0).get("/tokens/client-1", SITE.caller()));
    SITE.broker(1).get("/tokens/client-1", SITE.caller());
    var deaf = Thread.ofVirtual().start(InvalidationIT::endSubscriptions);
    try (var callers =
        SteadyCallers.on(
            List.of(SITE.broker(1)), List.of("/tokens/client-1"), SITE.caller(), 100)) {
      await()
          .untilAsserted(
              () ->
                  assertThat(SITE.broker(1).managementGet("/q/health/ready"))
                      .contains("not heard"));
      var replaced = report(SITE.broker(0), "client-1", dead).join();
      assertThat(replaced(replaced)).isTrue();
      var since = System.nanoTime();
      await()
          .until(
              () -> !tokenId(SITE.broker(1).get("/tokens/client-1", SITE.caller())).equals(dead));
      var seconds = (System.nanoTime() - since) / 1e9;
      var served = callers.answered();
      await().until(() -> callers.answered() > served + 100);
      var calls = callers.end();

      assertThat(calls).allSatisfy(call -> assertThat(call.status()).isEqualTo(200));
      assertThat(calls.subList(served + 20, calls.size()))
          .noneMatch(call -> call.tokenId().equals(dead));
      Measured.say(
          "aReplicaThatMissedTheWordServesTheDeadTokenForFiveSecondsAtMost",
          "%.1f s".formatted(seconds));
    } finally {
      deaf.interrupt();
    }
  }

  @Test
  void aReportedTokenIsReplacedOnceAndNoProcessServesItAgain() {
    var path = "/tokens/client-2";
    var dead = json(SITE.broker(0).get(path, SITE.caller()));
    SITE.broker(1).get(path, SITE.caller());
    var deadId = dead.path("token_id").asText();

    var replaced = json(report(SITE.broker(0), "client-2", deadId).join());
    assertThat(replaced.path("replaced").booleanValue()).isTrue();
    assertThat(replaced.path("access_token")).isNotEqualTo(dead.path("access_token"));
    await()
        .until(
            () ->
                json(SITE.broker(1).get(path, SITE.caller()))
                    .path("access_token")
                    .equals(replaced.path("access_token")));
    assertThat(replaced(report(SITE.broker(1), "client-2", deadId).join())).isFalse();
    assertThat(SITE.upstream().count("id-2")).isEqualTo(2);
  }

  @Test
  void forcedFetchesCloseTogetherAreRefusedWithATimeToComeBack() {
    for (var i = 0; i < 2; i++) {
      var current = tokenId(SITE.broker(0).get("/tokens/client-3", SITE.caller()));
      var answer = report(SITE.broker(0), "client-3", current).join();
      if (i == 1) {
        assertProblem(answer, 429, "rate_limited");
        assertThat(retryAfter(answer)).isBetween(1L, 30L);
      }
    }
  }

  private static void endSubscriptions() {
    while (!Thread.currentThread().isInterrupted()) {
      SITE.redis().command("CLIENT KILL TYPE pubsub");
      LockSupport.parkNanos(20_000_000);
    }
  }

  private static CompletableFuture<HttpResponse<String>> report(
      BrokerProcess broker, String client, String tokenId) {
    var path = "/tokens/" + client + "/invalidate";
    var body = BodyPublishers.ofString("{\"token_id\": \"" + tokenId + "\"}");
    var request =
        broker.request(path, SITE.caller(), "Content-Type", "application/json").POST(body).build();
    return broker.http().sendAsync(request, BodyHandlers.ofString());
  }

  private static boolean replaced(HttpResponse<String> answer) {
    return json(answer).path("replaced").booleanValue();
  }

  private static String tokenId(HttpResponse<String> answer) {
    return json(answer).path("token_id").asText();
  }
}
