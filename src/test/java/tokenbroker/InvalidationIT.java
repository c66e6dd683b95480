package tokenbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
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

/** A token that TrackMage refused is replaced once, and gone from every replica. */
class InvalidationIT {

  private static final CallerTokens ISSUER = new CallerTokens("k1");

  @TempDir static Path directory;

  private static RealRedis redis;
  private static ScriptedUpstream upstream;
  private static List<BrokerProcess> brokers = List.of();
  private static String orders;

  @BeforeAll
  static void start() {
    redis = new RealRedis();
    upstream = ScriptedUpstream.start();
    var files = new BrokerFiles(directory).callerKeys(ISSUER);
    Clients.write(files, upstream, 2);
    brokers = BrokerProcess.with(files).with("quarkus.redis.hosts", redis.url()).start(2);
    orders = ISSUER.token(Clients.CALLER);
  }

  @AfterAll
  static void end() {
    brokers.forEach(BrokerProcess::close);
    upstream.close();
    redis.close();
  }

  @Test
  void aHundredReportsOfOneDeadTokenToTwoReplicasFetchOnce() {
    var dead = tokenId(brokers.getFirst().get("/tokens/client-0", orders));
    brokers.getLast().get("/tokens/client-0", orders);
    upstream.answer(Answer.token().after(Duration.ofMillis(300)));
    var reports = new ArrayList<CompletableFuture<HttpResponse<String>>>();
    for (var i = 0; i < 100; i++) {
      reports.add(report(brokers.get(i % 2), "client-0", dead));
    }

    assertThat(reports)
        .allSatisfy(
            report -> {
              assertThat(report.join().statusCode()).isEqualTo(200);
              assertThat(tokenId(report.join())).isNotEqualTo(dead);
            });
    assertThat(upstream.count("id-0")).isEqualTo(2);
    for (var i = 0; i < 50; i++) {
      assertThat(tokenId(brokers.get(i % 2).get("/tokens/client-0", orders))).isNotEqualTo(dead);
    }
    var replaced = reports.stream().filter(report -> replaced(report.join())).count();
    assertThat(replaced).isPositive();
    Measured.say(
        "aHundredReportsOfOneDeadTokenToTwoReplicasFetchOnce",
        "1 fetch, %d of 100 told replaced".formatted(replaced));
  }

  @Test
  void aReplicaThatMissedTheWordServesTheDeadTokenForFiveSecondsAtMost() {
    var dead = tokenId(brokers.getFirst().get("/tokens/client-1", orders));
    brokers.getLast().get("/tokens/client-1", orders);
    var deaf = Thread.ofVirtual().start(InvalidationIT::endSubscriptions);
    try (var callers =
        SteadyCallers.on(List.of(brokers.getLast()), List.of("/tokens/client-1"), orders, 100)) {
      await()
          .untilAsserted(
              () ->
                  assertThat(brokers.getLast().managementGet("/q/health/ready"))
                      .contains("not heard"));
      var replaced = report(brokers.getFirst(), "client-1", dead).join();
      assertThat(replaced(replaced)).isTrue();
      var since = System.nanoTime();
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> !tokenId(brokers.getLast().get("/tokens/client-1", orders)).equals(dead));
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

  private static void endSubscriptions() {
    while (!Thread.currentThread().isInterrupted()) {
      redis.command("CLIENT KILL TYPE pubsub");
      LockSupport.parkNanos(20_000_000);
    }
  }

  private static CompletableFuture<HttpResponse<String>> report(
      BrokerProcess broker, String client, String tokenId) {
    var path = "/tokens/" + client + "/invalidate";
    var body = BodyPublishers.ofString("{\"token_id\": \"" + tokenId + "\"}");
    var request =
        broker.request(path, orders, "Content-Type", "application/json").POST(body).build();
    return broker.http().sendAsync(request, BodyHandlers.ofString());
  }

  private static boolean replaced(HttpResponse<String> answer) {
    return json(answer).path("replaced").booleanValue();
  }

  private static String tokenId(HttpResponse<String> answer) {
    return json(answer).path("token_id").asText();
  }

  private static JsonNode json(HttpResponse<String> answer) {
    try {
      return new ObjectMapper().readTree(answer.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
