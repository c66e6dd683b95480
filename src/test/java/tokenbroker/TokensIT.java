package tokenbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static tokenbroker.testing.Responses.json;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tokenbroker.testing.Answer;
import tokenbroker.testing.BrokerProcess;
import tokenbroker.testing.Site;

/** Proves that callers get tokens from either of two replicas. Each test uses its own client. */
class TokensIT {

  @RegisterExtension
  private static final Site SITE =
      new Site().clients(4).with("broker.callers.rate-limit", "0").brokers(2);

  private static BrokerProcess one;
  private static BrokerProcess two;

  @BeforeAll
  static void start() {
    one = SITE.broker(0);
    two = SITE.broker(1);
  }

  @Test
  void aCallerGetsALiveTokenAndTheSecondProcessServesTheSame() {
    var first = one.get("/tokens/client-0", SITE.caller());
    var second = two.get("/tokens/client-0", SITE.caller());

    var body = json(first);
    assertThat(first.statusCode()).isEqualTo(200);
    assertThat(body.path("access_token").textValue()).isIn(SITE.upstream().issuedTokens());
    assertThat(body.path("token_type").textValue()).isEqualTo("bearer");
    assertThat(body.path("expires_in").intValue()).isBetween(3590, 3600);
    assertThat(body.path("expires_at").textValue())
        .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ");
    assertThat(body.path("refresh_at").textValue()).isLessThan(body.path("expires_at").textValue());
    assertThat(first.headers().firstValue("Cache-Control")).hasValue("no-store");
    assertThat(first.headers().firstValue("Pragma")).hasValue("no-cache");
    assertThat(first.headers().firstValue("Token-Id")).hasValue(body.path("token_id").textValue());
    assertThat(json(second).path("access_token")).isEqualTo(body.path("access_token"));
    assertThat(json(second).path("token_id")).isEqualTo(body.path("token_id"));
    assertThat(SITE.upstream().count("id-0")).isOne();
  }

  @Test
  void theThreeRepresentationsCarryTheSameToken() {
    var path = "/tokens/client-1";
    var token = json(one.get(path, SITE.caller())).path("access_token").textValue();
    var text = one.get(path, SITE.caller(), "Accept", "text/plain");
    var minimal = one.get(path, SITE.caller(), "Prefer", "return=minimal");

    assertThat(text.body()).isEqualTo(token);
    assertThat(text.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/plain");
    assertThat(minimal.statusCode()).isEqualTo(204);
    assertThat(minimal.body()).isEmpty();
    assertThat(minimal.headers().firstValue("Authorization")).hasValue("Bearer " + token);
    assertThat(one.get(path, SITE.caller()).headers().firstValue("Authorization")).isEmpty();
  }

  /** The hot path does not parse the longer {@code Accept} header of the second request. */
  @Test
  void theHotPathAnswersAsTheResourceDoes() {
    var path = "/tokens/client-2";
    one.get(path, SITE.caller());
    var counted = one.metric("token_broker_requests_total");
    var hot = one.get(path, SITE.caller(), "Accept", "application/json");
    var resource =
        one.get(path, SITE.caller(), "Accept", "application/json;q=0.9, text/plain;q=0.1");

    assertThat(hot.statusCode()).isEqualTo(resource.statusCode()).isEqualTo(200);
    assertThat(hot.headers().map().keySet()).isEqualTo(resource.headers().map().keySet());
    for (var header : List.of("content-type", "cache-control", "pragma", "token-id", "vary")) {
      assertThat(hot.headers().allValues(header)).isEqualTo(resource.headers().allValues(header));
    }
    var hotBody = (ObjectNode) json(hot);
    var body = (ObjectNode) json(resource);
    assertThat(hotBody.remove("expires_in").asInt() - body.remove("expires_in").asInt())
        .isBetween(0, 60);
    assertThat(hotBody).isEqualTo(body);
    assertThat(one.metric("token_broker_requests_total")).isEqualTo(counted + 2);
  }

  @Test
  void aThousandColdCallsFetchOnce() {
    SITE.upstream().answer("id-3", Answer.token().after(Duration.ofMillis(300)));
    var calls = new ArrayList<CompletableFuture<HttpResponse<String>>>();
    for (var i = 0; i < 1000; i++) {
      calls.add(one.sendAsync("/tokens/client-3", SITE.caller()));
    }
    assertThat(calls).allSatisfy(call -> assertThat(call.join().statusCode()).isEqualTo(200));
    assertThat(SITE.upstream().count("id-3")).isOne();
  }
}
