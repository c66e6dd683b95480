package tokenbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static tokenbroker.testing.Responses.json;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tokenbroker.testing.Answer;
import tokenbroker.testing.BrokerProcess;
import tokenbroker.testing.Measured;
import tokenbroker.testing.Site;

/** Proves that three newly started replicas fetch each token once, even if one of them fails. */
class ReplicasIT {

  private static final int CLIENTS = 20;

  private static final String REFRESHED = "token_broker_refresh_total{client=\"client-0\"";

  @RegisterExtension private final Site site = new Site().clients(CLIENTS);

  private final List<CompletableFuture<HttpResponse<String>>> calls = new ArrayList<>();

  @Test
  void aThousandColdCallsToThreeReplicasFetchOncePerClient() {
    startThree("5s");
    site.upstream().answer(Answer.token().after(Duration.ofMillis(300)));
    for (var i = 0; i < 1000; i++) {
      call(site.broker(i % 3), "/tokens/client-" + i % CLIENTS);
    }

    assertThat(calls).allSatisfy(call -> assertThat(call.join().statusCode()).isEqualTo(200));
    assertThat(site.upstream().count()).isEqualTo(CLIENTS);
    Measured.say(
        "aThousandColdCallsToThreeReplicasFetchOncePerClient",
        site.upstream().count() + " fetches for " + CLIENTS + " clients");
  }

  @Test
  void whenTheLeaseHolderIsKilledInMidFetchAnotherTakesOverAndNoCallerFails() {
    startThree("5s");
    site.upstream().hold();
    var held = IntStream.range(0, CLIENTS).mapToObj(i -> "/tokens/client-" + i).toList();
    var lost = held.stream().map(path -> site.broker(0).sendAsync(path, site.caller())).toList();
    await().until(() -> site.upstream().count() == CLIENTS);
    for (var path : held) {
      for (var i = 0; i < 10; i++) {
        call(site.broker(1 + i % 2), path);
      }
    }
    site.broker(0).kill();
    site.upstream().release();

    assertThat(calls).allSatisfy(call -> assertThat(call.join().statusCode()).isEqualTo(200));
    assertThat(lost).allSatisfy(call -> assertThat(call).isCompletedExceptionally());
    assertThat(site.upstream().count()).isEqualTo(2 * CLIENTS);
    Measured.say(
        "whenTheLeaseHolderIsKilledInMidFetchAnotherTakesOverAndNoCallerFails",
        calls.size() + " calls, 0 failed; one fetch more for each client");
  }

  @Test
  void aHolderThatWakesUpLateDoesNotReplaceTheNewerToken() {
    startThree("20s");
    site.upstream().hold();
    var late = site.broker(0).sendAsync("/tokens/client-0", site.caller());
    await().until(() -> site.upstream().count() == 1);
    site.broker(0).pause();
    site.upstream().release();
    var newer = token(site.broker(1).get("/tokens/client-0", site.caller()));
    assertThat(newer).isNotEqualTo(site.upstream().issuedTokens().getFirst());
    site.broker(0).resume();

    assertThat(late.join().statusCode()).isIn(200, 504);
    await().until(() -> site.broker(0).metric(REFRESHED) == 1);
    assertThat(token(site.broker(0).get("/tokens/client-0", site.caller()))).isEqualTo(newer);
    assertThat(token(site.broker(2).get("/tokens/client-0", site.caller()))).isEqualTo(newer);
    assertThat(site.upstream().count()).isEqualTo(2);
    Measured.say(
        "aHolderThatWakesUpLateDoesNotReplaceTheNewerToken", "the newer token, on three replicas");
  }

  private void startThree(String upstreamTimeout) {
    site.start(site.settings().with("broker.upstream.timeout", upstreamTimeout), 3);
  }

  private void call(BrokerProcess broker, String path) {
    calls.add(broker.sendAsync(path, site.caller()));
  }

  private static String token(HttpResponse<String> answer) {
    return json(answer).path("access_token").textValue();
  }
}
