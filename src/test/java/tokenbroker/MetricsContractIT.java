package tokenbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpRequest;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tokenbroker.testing.Answer;
import tokenbroker.testing.BrokerProcess;
import tokenbroker.testing.Clients;
import tokenbroker.testing.MetricsReference;
import tokenbroker.testing.OAuthForm;
import tokenbroker.testing.Scrape;
import tokenbroker.testing.Site;

/** Proves that the broker exports what docs/metrics.md promises, and nothing else. */
class MetricsContractIT {

  private static final MetricsReference REFERENCE = MetricsReference.read();

  /** What needs connections, or reviews by an API server. */
  private static final Pattern ELSEWHERE =
      Pattern.compile(
          "token_broker_(connections?_(?!claims|unsaved)\\w+|connections|token_reviews_total)");

  @RegisterExtension
  private final Site site =
      new Site()
          .clients(4)
          .with("broker.upstream.timeout", "1s")
          .with("broker.callers.rate-limit", "1")
          .with("broker.callers.burst", "50")
          .brokers(1);

  @Test
  void docsMetricsDescribesEveryMetricWithItsLabelsAndTheirValues() {
    var broker = site.broker(0);
    provoke(broker);
    site.redis().stop();
    site.upstream().answer(Answer.trickle());
    broker.get("/tokens/client-3", site.caller());

    var scrape = new Scrape(broker.metrics());
    scrape.assertDescribedBy(REFERENCE);
    assertNoLabelIsFreeText(scrape.samples());
    assertThat(REFERENCE.metrics())
        .filteredOn(metric -> !ELSEWHERE.matcher(metric.name()).matches())
        .hasSizeGreaterThan(25)
        .allSatisfy(
            metric ->
                assertThat(scrape.samples()).containsKeys(metric.series().toArray(String[]::new)));
  }

  @Test
  void everyMetricThatIsPromisedIsThere() {
    var broker = site.broker(0);
    broker.get("/tokens/client-0", site.caller());
    broker.get("/tokens/client-0", site.caller());
    broker.get("/tokens/client-0", "not.a.jwt");
    var metrics = broker.metrics();

    assertThat(metrics)
        .contains(
            "token_broker_requests_total{caller=\""
                + Clients.CALLER
                + "\",client=\"client-0\",outcome=\"nearby\"",
            "token_broker_request_duration_seconds_bucket{outcome=\"fetched\"",
            "token_broker_upstream_requests_total{client=\"client-0\",result=\"ok\"",
            "token_broker_upstream_duration_seconds_bucket{upstream=\"test\"",
            "token_broker_refresh_total{client=\"client-0\",result=\"ok\",trigger=\"miss\"",
            "token_broker_token_expiry_timestamp_seconds{client=\"client-0\"",
            "token_broker_last_refresh_success_timestamp_seconds{client=\"client-0\"",
            "token_broker_runway_seconds{client=\"client-0\"",
            "token_broker_lease_wait_seconds_count",
            "token_broker_lease_lost_total",
            "token_broker_store_open_failures_total",
            "token_broker_store_up",
            "token_broker_upstream_breaker_open{upstream=\"test\"",
            "token_broker_authentication_failures_total{form=\"bearer\",reason=\"malformed\"",
            "token_broker_keys_refresh_total{issuer=\"test\",result=\"ok\"",
            "token_broker_config_reload_total{result=\"applied\"",
            "token_broker_client_credentials_info{client=\"client-0\"",
            "token_broker_clock_skew_seconds{upstream=\"test\"");
    assertThat(metrics).doesNotContain(Clients.SECRET);
    assertThat(site.upstream().issuedTokens()).noneMatch(metrics::contains);
  }

  private void provoke(BrokerProcess broker) {
    var token = ok(broker, "/tokens/client-0");
    ok(broker, "/tokens/client-0");
    var report = "{\"token_id\": \"" + token + "\"}";
    for (var i = 0; i < 2; i++) {
      broker.post("/tokens/client-0/invalidate", site.caller(), report);
    }
    var newer = ok(broker, "/tokens/client-0");
    broker.post("/tokens/client-0/invalidate", site.caller(), report.replace(token, newer));
    var other = ok(broker, "/tokens/client-1");
    site.upstream().answer(Answer.html(503));
    broker.post("/tokens/client-1/invalidate", site.caller(), report.replace(token, other));
    site.upstream().answer(Answer.error("invalid_client"));
    broker.get("/tokens/client-2", site.caller());
    broker.get("/tokens/client-0", "not.a.jwt");
    for (var form : OAuthForm.values()) {
      var request = HttpRequest.newBuilder(broker.url("/oauth2/token"));
      broker.send(form.of(request, "client-0", "not.a.jwt").build());
    }
    var stranger = site.token("system:serviceaccount:other:stranger");
    broker.get("/tokens/client-0", stranger);
    broker.get("/tokens/no-such-client", stranger);
    IntStream.range(0, 300)
        .mapToObj(i -> broker.sendAsync("/tokens/client-0", stranger))
        .toList()
        .forEach(call -> call.join());
    await().until(() -> broker.metrics().contains("token_broker_rate_limited_total"));
  }

  /** Returns the token's id. */
  private String ok(BrokerProcess broker, String path) {
    var answer = broker.get(path, site.caller());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return answer.headers().firstValue("Token-Id").orElseThrow();
  }

  private static void assertNoLabelIsFreeText(Map<String, List<Map<String, String>>> seen) {
    assertThat(seen.values().stream().flatMap(List::stream).flatMap(it -> it.values().stream()))
        .allSatisfy(
            value -> assertThat(value).hasSizeLessThan(64).doesNotContain("no-such-client"));
  }
}
