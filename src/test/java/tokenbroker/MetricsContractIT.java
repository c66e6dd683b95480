package tokenbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpRequest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tokenbroker.testing.Answer;
import tokenbroker.testing.BrokerProcess;
import tokenbroker.testing.Clients;
import tokenbroker.testing.OAuthForm;
import tokenbroker.testing.Site;

/**
 * Proves that the broker exports exactly the metric names, labels and label values that dashboards
 * and alerts use.
 */
class MetricsContractIT {

  private static final Pattern SAMPLE = Pattern.compile("(token_broker_\\w+?)(?:\\{(.*)})? \\S+");
  private static final Pattern LABEL = Pattern.compile("(\\w+)=\"([^\"]*)\"");
  private static final Set<String> ANY = Set.of();

  private static final Set<String> OUTCOMES =
      Set.of(
          "nearby",
          "shared",
          "fetched",
          "rejected",
          "unavailable",
          "timeout",
          "throttled",
          "replaced",
          "not_replaced",
          "reconnect_required",
          "not_found",
          "not_audited");

  /** The labels of each metric and their values. {@link #ANY} stands for configured values. */
  private static final Map<String, Map<String, Set<String>>> CONTRACT =
      Map.ofEntries(
          Map.entry(
              "token_broker_requests_total",
              Map.of("client", ANY, "caller", ANY, "outcome", OUTCOMES)),
          Map.entry(
              "token_broker_request_duration_seconds_bucket",
              Map.of("outcome", OUTCOMES, "le", ANY)),
          Map.entry(
              "token_broker_upstream_requests_total",
              Map.of(
                  "client",
                  ANY,
                  "result",
                  Set.of(
                      "ok",
                      "invalid_client",
                      "http_4xx",
                      "http_5xx",
                      "invalid_response",
                      "timeout",
                      "connect"))),
          Map.entry(
              "token_broker_upstream_duration_seconds_bucket", Map.of("upstream", ANY, "le", ANY)),
          Map.entry(
              "token_broker_refresh_total",
              Map.of(
                  "client",
                  ANY,
                  "trigger",
                  Set.of("ahead", "miss", "invalidate", "rotation"),
                  "result",
                  Set.of("ok", "failed"))),
          Map.entry("token_broker_token_expiry_timestamp_seconds", Map.of("client", ANY)),
          Map.entry("token_broker_last_refresh_success_timestamp_seconds", Map.of("client", ANY)),
          Map.entry("token_broker_runway_seconds", Map.of("client", ANY)),
          Map.entry("token_broker_lease_wait_seconds_count", Map.of()),
          Map.entry("token_broker_lease_lost_total", Map.of()),
          Map.entry(
              "token_broker_invalidations_total",
              Map.of(
                  "client",
                  ANY,
                  "result",
                  Set.of("applied", "already_replaced", "throttled", "failed"))),
          Map.entry("token_broker_store_errors_total", Map.of("op", ANY)),
          Map.entry("token_broker_store_open_failures_total", Map.of()),
          Map.entry("token_broker_store_up", Map.of()),
          Map.entry("token_broker_upstream_breaker_open", Map.of("upstream", ANY)),
          Map.entry(
              "token_broker_authentication_failures_total",
              Map.of(
                  "reason",
                  ANY,
                  "form",
                  Set.of("bearer", "basic", "post", "assertion", "exchange"))),
          Map.entry("token_broker_authorization_denied_total", Map.of("client", ANY)),
          Map.entry("token_broker_rate_limited_total", Map.of("caller", ANY)),
          Map.entry(
              "token_broker_keys_refresh_total",
              Map.of("issuer", ANY, "result", Set.of("ok", "failed", "throttled"))),
          Map.entry(
              "token_broker_config_reload_total", Map.of("result", Set.of("applied", "rejected"))),
          Map.entry("token_broker_certificate_rejected", Map.of()),
          Map.entry(
              "token_broker_certificate_reload_total",
              Map.of("result", Set.of("applied", "rejected"))),
          Map.entry("token_broker_client_credentials_info", Map.of("client", ANY, "version", ANY)),
          Map.entry("token_broker_audit_dropped_total", Map.of()),
          Map.entry("token_broker_audit_available", Map.of()),
          Map.entry("token_broker_log_dropped_total", Map.of()),
          Map.entry("token_broker_clock_skew_seconds", Map.of("upstream", ANY)));

  @RegisterExtension
  private final Site site =
      new Site()
          .clients(4)
          .with("broker.upstream.timeout", "1s")
          .with("broker.callers.rate-limit", "1")
          .with("broker.callers.burst", "50")
          .brokers(1);

  @Test
  void everyMetricHasTheLabelsAndTheWordsThatWerePromised() {
    var broker = site.broker(0);
    provoke(broker);
    site.redis().stop();
    site.upstream().answer(Answer.trickle());
    broker.get("/tokens/client-3", site.caller());

    var seen = scraped(broker);
    assertThat(seen.keySet()).containsAll(CONTRACT.keySet());
    CONTRACT.forEach((name, labels) -> assertLabels(name, labels, seen));
    assertNoLabelIsFreeText(seen);
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

  private static void assertLabels(
      String name, Map<String, Set<String>> labels, Map<String, List<Map<String, String>>> seen) {
    assertThat(seen.getOrDefault(name, List.of()))
        .as(name)
        .isNotEmpty()
        .allSatisfy(
            sample -> {
              assertThat(sample.keySet()).isEqualTo(labels.keySet());
              labels.forEach(
                  (label, words) -> {
                    if (!words.isEmpty()) {
                      assertThat(sample.get(label)).as(label).isIn(words);
                    }
                  });
            });
  }

  private static void assertNoLabelIsFreeText(Map<String, List<Map<String, String>>> seen) {
    assertThat(seen.values().stream().flatMap(List::stream).flatMap(it -> it.values().stream()))
        .allSatisfy(
            value -> assertThat(value).hasSizeLessThan(64).doesNotContain("no-such-client"));
  }

  private static Map<String, List<Map<String, String>>> scraped(BrokerProcess broker) {
    return broker
        .metrics()
        .lines()
        .map(SAMPLE::matcher)
        .filter(matcher -> matcher.matches())
        .collect(
            Collectors.groupingBy(
                matcher -> matcher.group(1),
                TreeMap::new,
                Collectors.mapping(matcher -> labels(matcher.group(2)), Collectors.toList())));
  }

  private static Map<String, String> labels(@Nullable String text) {
    var labels = new HashMap<String, String>();
    if (text != null) {
      LABEL.matcher(text).results().forEach(found -> labels.put(found.group(1), found.group(2)));
    }
    return labels;
  }
}
