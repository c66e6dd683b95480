package tokenbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
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

/** Three replicas that have just started fetch each token once, whatever befalls one of them. */
class ReplicasIT {

  private static final int CLIENTS = 20;
  private static final CallerTokens ISSUER = new CallerTokens("k1");

  private static final String REFRESHED = "token_broker_refresh_total{client=\"client-0\"";

  @TempDir Path directory;

  private final String orders = ISSUER.token(Clients.CALLER);
  private final List<CompletableFuture<HttpResponse<String>>> calls = new ArrayList<>();
  private RealRedis redis;
  private ScriptedUpstream upstream;
  private List<BrokerProcess> brokers = List.of();

  @BeforeEach
  void start() {
    redis = new RealRedis();
    upstream = ScriptedUpstream.start();
  }

  @AfterEach
  void end() {
    brokers.forEach(BrokerProcess::close);
    upstream.close();
    redis.close();
  }

  @Test
  void aThousandColdCallsToThreeReplicasFetchOncePerClient() {
    startThree("5s");
    upstream.answer(Answer.token().after(Duration.ofMillis(300)));
    for (var i = 0; i < 1000; i++) {
      call(brokers.get(i % 3), "/tokens/client-" + i % CLIENTS);
    }

    assertThat(calls).allSatisfy(call -> assertThat(call.join().statusCode()).isEqualTo(200));
    assertThat(upstream.count()).isEqualTo(CLIENTS);
    Measured.say(
        "aThousandColdCallsToThreeReplicasFetchOncePerClient",
        upstream.count() + " fetches for " + CLIENTS + " clients");
  }

  @Test
  void whenTheLeaseHolderIsKilledInMidFetchAnotherTakesOverAndNoCallerFails() {
    startThree("5s");
    upstream.hold();
    var held = IntStream.range(0, CLIENTS).mapToObj(i -> "/tokens/client-" + i).toList();
    var lost = held.stream().map(path -> brokers.getFirst().sendAsync(path, orders)).toList();
    await().until(() -> upstream.count() == CLIENTS);
    for (var path : held) {
      for (var i = 0; i < 10; i++) {
        call(brokers.get(1 + i % 2), path);
      }
    }
    brokers.getFirst().kill();
    upstream.release();

    assertThat(calls).allSatisfy(call -> assertThat(call.join().statusCode()).isEqualTo(200));
    assertThat(lost).allSatisfy(call -> assertThat(call).isCompletedExceptionally());
    assertThat(upstream.count()).isEqualTo(2 * CLIENTS);
    Measured.say(
        "whenTheLeaseHolderIsKilledInMidFetchAnotherTakesOverAndNoCallerFails",
        calls.size() + " calls, 0 failed; one fetch more for each client");
  }

  @Test
  void aHolderThatWakesUpLateDoesNotReplaceTheNewerToken() throws IOException {
    startThree("20s");
    upstream.hold();
    var late = brokers.getFirst().sendAsync("/tokens/client-0", orders);
    await().until(() -> upstream.count() == 1);
    brokers.getFirst().pause();
    upstream.release();
    var newer = token(brokers.get(1).get("/tokens/client-0", orders));
    assertThat(newer).isNotEqualTo(upstream.issuedTokens().getFirst());
    brokers.getFirst().resume();

    assertThat(late.join().statusCode()).isIn(200, 504);
    await().until(() -> brokers.getFirst().metric(REFRESHED) == 1);
    assertThat(token(brokers.getFirst().get("/tokens/client-0", orders))).isEqualTo(newer);
    assertThat(token(brokers.get(2).get("/tokens/client-0", orders))).isEqualTo(newer);
    assertThat(upstream.count()).isEqualTo(2);
    Measured.say(
        "aHolderThatWakesUpLateDoesNotReplaceTheNewerToken", "the newer token, on three replicas");
  }

  private void startThree(String upstreamTimeout) {
    var files = new BrokerFiles(directory).callerKeys(ISSUER);
    Clients.write(files, upstream, CLIENTS);
    brokers =
        BrokerProcess.with(files)
            .with("quarkus.redis.hosts", redis.url())
            .with("broker.upstream.timeout", upstreamTimeout)
            .start(3);
  }

  private void call(BrokerProcess broker, String path) {
    calls.add(broker.sendAsync(path, orders));
  }

  private static String token(HttpResponse<String> answer) throws IOException {
    return new ObjectMapper().readTree(answer.body()).path("access_token").textValue();
  }
}
