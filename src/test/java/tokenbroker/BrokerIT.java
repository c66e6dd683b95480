package tokenbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tokenbroker.testing.Answer;
import tokenbroker.testing.BrokerFiles;
import tokenbroker.testing.BrokerProcess;
import tokenbroker.testing.CallerTokens;
import tokenbroker.testing.RealRedis;
import tokenbroker.testing.ScriptedUpstream;

/**
 * The packaged broker as its callers see it: two processes, a real Redis, and an upstream over
 * HTTP.
 */
class BrokerIT {

  private static final JsonMapper JSON = new JsonMapper();
  private static final CallerTokens ISSUER = new CallerTokens("k1");
  private static final String ORDERS = "system:serviceaccount:shop:orders";
  private static final AtomicInteger SERIAL = new AtomicInteger();
  private static final int CLIENTS = 60;

  @TempDir static Path directory;

  private static RealRedis redis;
  private static ScriptedUpstream upstream;
  private static BrokerProcess one;
  private static BrokerProcess two;
  private static String orders;

  @BeforeAll
  static void start() {
    redis = new RealRedis();
    upstream = ScriptedUpstream.start();
    var files = new BrokerFiles(directory).callerKeys(ISSUER);
    var yaml =
        new StringBuilder(
            "upstreams:\n  test: { base-url: \"" + upstream.url() + "\" }\nclients:\n");
    for (var i = 0; i < CLIENTS; i++) {
      yaml.append("  client-%d:\n    upstream: test\n    scope: user\n    callers:\n".formatted(i));
      yaml.append("      - { issuer: test, subject: \"%s\" }\n".formatted(ORDERS));
      yaml.append("      - { issuer: test, subject: \"system:serviceaccount:shipping:*\" }\n");
      yaml.append("      - { issuer: test, group: logistics }\n");
      files.credentials("client-" + i, "id-" + i, secret(i));
    }
    yaml.append("  keyless: { upstream: test, callers: [ { issuer: test, group: logistics } ] }\n");
    files.clients(yaml.toString());
    var settings =
        BrokerProcess.with(files)
            .with("quarkus.redis.hosts", redis.url())
            .with("broker.upstream.timeout", "1s")
            .with("broker.callers.rate-limit", "0");
    one = settings.start();
    two = settings.start();
    orders = ISSUER.token(ORDERS);
  }

  @AfterAll
  static void end() {
    Stream.of(one, two, upstream, redis)
        .filter(started -> started != null)
        .forEach(
            started -> {
              try {
                started.close();
              } catch (Exception e) {
                throw new AssertionError(e);
              }
            });
  }

  @Test
  void aCallerGetsALiveTokenAndTheSecondProcessServesTheSame() throws IOException {
    var client = freshClient();
    upstream.answer(id(client), Answer.token());
    var first = one.get("/tokens/" + client, orders);
    var second = two.get("/tokens/" + client, orders);

    var body = json(first);
    assertThat(first.statusCode()).isEqualTo(200);
    assertThat(body.path("access_token").textValue()).isIn(upstream.issuedTokens());
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
    assertThat(upstream.count(id(client))).isOne();
  }

  @Test
  void theThreeRepresentationsCarryTheSameToken() throws IOException {
    var client = freshClient();
    var token = json(one.get("/tokens/" + client, orders)).path("access_token").textValue();
    var text = one.get("/tokens/" + client, orders, "Accept", "text/plain");
    var minimal = one.get("/tokens/" + client, orders, "Prefer", "return=minimal");

    assertThat(text.body()).isEqualTo(token);
    assertThat(text.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/plain");
    assertThat(minimal.statusCode()).isEqualTo(204);
    assertThat(minimal.body()).isEmpty();
    assertThat(minimal.headers().firstValue("Authorization")).hasValue("Bearer " + token);
    assertThat(one.get("/tokens/" + client, orders).headers().firstValue("Authorization"))
        .isEmpty();
  }

  /** The second request says the same at greater length, which is not the hot path's to read. */
  @Test
  void theHotPathAnswersAsTheResourceDoes() throws IOException {
    var path = "/tokens/" + freshClient();
    one.get(path, orders);
    var counted = one.metric("token_broker_requests_total");
    var hot = one.get(path, orders, "Accept", "application/json");
    var resource = one.get(path, orders, "Accept", "application/json;q=0.9, text/plain;q=0.1");

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
    var client = freshClient();
    upstream.answer(id(client), Answer.token().after(Duration.ofMillis(300)));
    var calls = new ArrayList<CompletableFuture<HttpResponse<String>>>();
    for (var i = 0; i < 1000; i++) {
      var call = one.request("/tokens/" + client, orders).build();
      calls.add(one.http().sendAsync(call, BodyHandlers.ofString()));
    }
    assertThat(calls).allSatisfy(call -> assertThat(call.join().statusCode()).isEqualTo(200));
    assertThat(upstream.count(id(client))).isOne();
  }

  @Test
  void aReportedTokenIsReplacedOnceAndNoProcessServesItAgain() throws IOException {
    var client = freshClient();
    var dead = json(one.get("/tokens/" + client, orders));
    two.get("/tokens/" + client, orders);
    var report = "{\"token_id\": \"%s\"}".formatted(dead.path("token_id").textValue());

    var replaced = json(one.post("/tokens/" + client + "/invalidate", orders, report));
    assertThat(replaced.path("replaced").booleanValue()).isTrue();
    assertThat(replaced.path("access_token")).isNotEqualTo(dead.path("access_token"));
    await()
        .until(
            () ->
                json(two.get("/tokens/" + client, orders))
                    .path("access_token")
                    .equals(replaced.path("access_token")));
    var again = json(two.post("/tokens/" + client + "/invalidate", orders, report));
    assertThat(again.path("replaced").booleanValue()).isFalse();
    assertThat(upstream.count(id(client))).isEqualTo(2);
  }

  @Test
  void forcedFetchesCloseTogetherAreRefusedWithATimeToComeBack() throws IOException {
    var client = freshClient();
    for (var i = 0; i < 2; i++) {
      var current = json(one.get("/tokens/" + client, orders)).path("token_id").textValue();
      var answer =
          one.post(
              "/tokens/" + client + "/invalidate", orders, "{\"token_id\": \"" + current + "\"}");
      if (i == 1) {
        assertProblem(answer, 429, "rate_limited");
        assertThat(retryAfter(answer)).isBetween(1L, 30L);
      }
    }
  }

  static Stream<Arguments> upstreamFailures() {
    return Stream.of(
        Arguments.of(Answer.error("invalid_client"), 502, "upstream_rejected", "invalid_client"),
        Arguments.of(
            Answer.error("unauthorized_client"), 502, "upstream_rejected", "unauthorized_client"),
        Arguments.of(Answer.error("invalid_scope"), 502, "upstream_rejected", "invalid_scope"),
        Arguments.of(Answer.html(200), 502, "upstream_invalid_response", null),
        Arguments.of(Answer.truncated(200), 502, "upstream_invalid_response", null),
        Arguments.of(Answer.megabytes(2), 502, "upstream_invalid_response", null),
        Arguments.of(
            Answer.json(200, "{\"access_token\": null}"), 502, "upstream_invalid_response", null),
        Arguments.of(Answer.html(500), 503, "upstream_unavailable", null),
        Arguments.of(Answer.html(503), 503, "upstream_unavailable", null),
        Arguments.of(Answer.html(429), 503, "upstream_unavailable", null),
        Arguments.of(Answer.closed(), 503, "upstream_unavailable", null),
        Arguments.of(Answer.trickle(), 504, "upstream_timeout", null));
  }

  @ParameterizedTest
  @MethodSource("upstreamFailures")
  void theUpstreamsFailuresAreProblems(Answer answer, int status, String code, String upstreamError)
      throws IOException {
    var client = freshClient();
    upstream.answer(id(client), answer);
    var problem = one.get("/tokens/" + client, orders);

    assertProblem(problem, status, code);
    assertThat(json(problem).path("upstream_error").textValue()).isEqualTo(upstreamError);
    assertThat(json(problem).path("retryable").booleanValue())
        .isEqualTo(!code.equals("upstream_rejected"));
    if (status == 503) {
      assertThat(retryAfter(problem)).isBetween(1L, 30L);
    }
    assertNothingSecretIn(one.output());
  }

  @Test
  void afterATimeOutTheUpstreamIsUnavailableUntilTheNextAttempt() throws IOException {
    var client = freshClient();
    upstream.answer(id(client), Answer.trickle());
    assertProblem(one.get("/tokens/" + client, orders), 504, "upstream_timeout");
    assertProblem(two.get("/tokens/" + client, orders), 503, "upstream_unavailable");
    assertThat(upstream.count(id(client))).isOne();
  }

  @Test
  void aClientThatIsNotForTheCallerAndOneThatDoesNotExistLookTheSame() throws IOException {
    var stranger = ISSUER.token("system:serviceaccount:other:stranger");
    var traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    var forbidden = one.get("/tokens/client-0", stranger, "traceparent", traceparent);
    var missing = one.get("/tokens/no-such-client", stranger, "traceparent", traceparent);

    assertProblem(forbidden, 403, "forbidden");
    assertThat(missing.statusCode()).isEqualTo(403);
    assertThat(missing.body()).isEqualTo(forbidden.body());
    assertThat(json(missing).path("trace_id").textValue())
        .isEqualTo("4bf92f3577b34da6a3ce929d0e0e4736");
    assertThat(one.metric("token_broker_authorization_denied_total{client=\"unknown\""))
        .isPositive();
  }

  @Test
  void callersAreAdmittedByPrefixAndByGroup() {
    var byPrefix = ISSUER.token("system:serviceaccount:shipping:label-printer");
    var byGroup = ISSUER.token("anna", Map.of("groups", List.of("logistics")));
    assertThat(one.get("/tokens/client-0", byPrefix).statusCode()).isEqualTo(200);
    assertThat(one.get("/tokens/client-0", byGroup).statusCode()).isEqualTo(200);
  }

  @Test
  void withoutATokenTheChallengeNamesNoErrorAndWithABadOneItDoes() throws IOException {
    var none = one.send(HttpRequest.newBuilder(one.url("/tokens/client-0")).build());
    assertProblem(none, 401, "invalid_token");
    assertThat(none.headers().firstValue("WWW-Authenticate")).hasValue("Bearer");

    var bad = one.get("/tokens/client-0", "not.a.jwt");
    assertProblem(bad, 401, "invalid_token");
    assertThat(bad.headers().firstValue("WWW-Authenticate"))
        .hasValue("Bearer error=\"invalid_token\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/tokens/UPPER",
        "/tokens/-acme",
        "/tokens/a%20b",
        "/tokens/client-0?min_ttl=",
        "/tokens/client-0?min_ttl=-1",
        "/tokens/client-0?min_ttl=1e3",
        "/tokens/client-0?min_ttl=86401",
        "/tokens/client-0?min_ttl=99999999999999999999",
        "/tokens/client-0?min_ttl=1&min_ttl=2"
      })
  void malformedRequestsAreInvalid(String path) throws IOException {
    assertProblem(one.get(path, orders), 400, "invalid_request");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{}",
        "{\"token_id\": 7}",
        "{\"token_id\": \"short\"}",
        "{\"token_id\": \"AAAAAAAAAAAAAAAAAAAAAA\", \"more\": 1}",
        "{\"token_id\"",
        "\u0000"
      })
  void malformedReportsAreInvalid(String body) throws IOException {
    assertProblem(one.post("/tokens/client-0/invalidate", orders, body), 400, "invalid_request");
  }

  /** Whoever stands in front may have looked at the other one. */
  @Test
  void twoCredentialsAreNone() throws IOException {
    var path = "/tokens/" + freshClient();
    assertThat(one.get(path, orders).statusCode()).isEqualTo(200);

    assertProblem(one.get(path, orders, "Authorization", "Bearer x"), 401, "invalid_token");
    assertProblem(one.get(path, orders, "Authorization", "Basic eDp4"), 401, "invalid_token");
  }

  @Test
  void whatHttpRefusesIsAProblemToo() throws IOException {
    assertProblem(one.get("/nowhere", orders), 404, "not_found");
    assertProblem(one.get("/tokens/client-0/nowhere", orders), 404, "not_found");
    assertProblem(
        one.get("/tokens/client-0", orders, "Accept", "image/png"), 406, "not_acceptable");
    var put = one.request("/tokens/client-0", orders).PUT(BodyPublishers.ofString("x")).build();
    assertProblem(one.send(put), 405, "method_not_allowed");
    assertThat(one.send(put).headers().firstValue("Allow").orElse("")).contains("GET");
    var form =
        one.request("/tokens/client-0/invalidate", orders, "Content-Type", "text/plain")
            .POST(BodyPublishers.ofString("token_id"))
            .build();
    assertProblem(one.send(form), 415, "unsupported_media_type");
    var large = "{\"token_id\": \"" + "x".repeat(9000) + "\"}";
    assertProblem(one.post("/tokens/client-0/invalidate", orders, large), 413, "invalid_request");
    var ofUnknownLength =
        one.request("/tokens/client-0/invalidate", orders, "Content-Type", "application/json")
            .POST(BodyPublishers.fromPublisher(BodyPublishers.ofString(large)))
            .build();
    assertProblem(one.send(ofUnknownLength), 413, "invalid_request");
  }

  @Test
  void theListOfClientsTellsHowTheyFareAndNoSecrets() throws IOException {
    var client = freshClient();
    var token = json(one.get("/tokens/" + client, orders));
    var failing = freshClient();
    upstream.answer(id(failing), Answer.error("invalid_client"));
    one.get("/tokens/" + failing, orders);
    var list = one.get("/clients?limit=1000", orders);

    var ready = entry(list, client);
    assertThat(ready.path("state").textValue()).isEqualTo("ready");
    assertThat(ready.path("token_id")).isEqualTo(token.path("token_id"));
    assertThat(ready.path("expires_at").textValue()).isNotNull();
    var rejected = entry(list, failing);
    assertThat(rejected.path("state").textValue()).isEqualTo("rejected");
    assertThat(rejected.path("last_failure").path("reason").textValue())
        .isEqualTo("invalid_client");
    assertThat(entry(list, "keyless").isMissingNode()).isTrue();
    assertThat(list.body()).doesNotContain(token.path("access_token").textValue());
    assertNothingSecretIn(list.body());
  }

  @Test
  void theListOfClientsIsReadPageByPage() throws IOException {
    var names = new ArrayList<String>();
    var cursor = "";
    do {
      var page = json(one.get("/clients?limit=7" + cursor, orders));
      assertThat(page.path("clients").size()).isBetween(1, 7);
      page.path("clients").forEach(it -> names.add(it.path("name").textValue()));
      cursor = page.path("next").isNull() ? "" : "&cursor=" + page.path("next").textValue();
    } while (!cursor.isEmpty());

    var all = new ArrayList<String>();
    json(one.get("/clients?limit=1000", orders))
        .path("clients")
        .forEach(it -> all.add(it.path("name").textValue()));
    assertThat(names).hasSizeGreaterThan(7).isSorted().isEqualTo(all);
    for (var bad : List.of("limit=0", "limit=1001", "limit=x", "limit=1&limit=1", "cursor=-")) {
      assertProblem(one.get("/clients?" + bad, orders), 400, "invalid_request");
    }
  }

  @Test
  void theListOfClientsTellsWhatIsWrongWithTheirSecrets() throws IOException {
    var logistics = ISSUER.token("anna", Map.of("groups", List.of("logistics")));
    var keyless = entry(one.get("/clients", logistics), "keyless");

    assertThat(keyless.path("state").textValue()).isEqualTo("failing");
    assertThat(keyless.path("last_failure").path("reason").textValue())
        .isEqualTo("credentials_missing");
    assertProblem(one.get("/tokens/keyless", logistics), 503, "upstream_unavailable");
  }

  @Test
  void everyMetricThatIsPromisedIsThere() {
    var client = freshClient();
    one.get("/tokens/" + client, orders);
    one.get("/tokens/" + client, orders);
    one.get("/tokens/" + client, "not.a.jwt");
    var metrics = one.metrics();

    assertThat(metrics)
        .contains(
            "token_broker_requests_total{caller=\""
                + ORDERS
                + "\",client=\""
                + client
                + "\",outcome=\"nearby\"",
            "token_broker_request_duration_seconds_bucket{outcome=\"fetched\"",
            "token_broker_upstream_requests_total{client=\"" + client + "\",result=\"ok\"",
            "token_broker_upstream_duration_seconds_bucket{upstream=\"test\"",
            "token_broker_refresh_total{client=\"" + client + "\",result=\"ok\",trigger=\"miss\"",
            "token_broker_token_expiry_timestamp_seconds{client=\"" + client + "\"",
            "token_broker_last_refresh_success_timestamp_seconds{client=\"" + client + "\"",
            "token_broker_runway_seconds{client=\"" + client + "\"",
            "token_broker_lease_wait_seconds_count",
            "token_broker_lease_lost_total",
            "token_broker_store_open_failures_total",
            "token_broker_store_up",
            "token_broker_upstream_breaker_open{upstream=\"test\"",
            "token_broker_authentication_failures_total{reason=\"malformed\"",
            "token_broker_keys_refresh_total{issuer=\"test\",result=\"ok\"",
            "token_broker_config_reload_total{result=\"applied\"",
            "token_broker_client_credentials_info{client=\"" + client + "\"",
            "token_broker_clock_skew_seconds{upstream=\"test\"");
    assertNothingSecretIn(metrics);
  }

  @Test
  void eachIssuedAndRefusedTokenLeavesAnAuditLine() throws IOException {
    var client = freshClient();
    var tokenId = json(one.get("/tokens/" + client, orders)).path("token_id").textValue();
    one.get("/tokens/" + client, ISSUER.token("somebody:else"));

    await().until(() -> auditLines(one, client).size() == 2);
    var issued = JSON.readTree(auditLines(one, client).getFirst());
    assertThat(issued.path("issuer").textValue()).isEqualTo("test");
    assertThat(issued.path("subject").textValue()).isEqualTo(ORDERS);
    assertThat(issued.path("outcome").textValue()).isEqualTo("fetched");
    assertThat(issued.path("token_id").textValue()).isEqualTo(tokenId);
    var refused = JSON.readTree(auditLines(one, client).getLast());
    assertThat(refused.path("outcome").textValue()).isEqualTo("forbidden");
    assertThat(refused.path("token_id").isMissingNode()).isTrue();
  }

  @Test
  void healthAndMetricsAreNotWhereCallersAre() {
    assertThat(
            one.send(HttpRequest.newBuilder(one.managementUrl("/q/health/live")).build())
                .statusCode())
        .isEqualTo(200);
    assertThat(
            one.send(HttpRequest.newBuilder(one.managementUrl("/q/health/started")).build())
                .statusCode())
        .isEqualTo(200);
    assertThat(one.get("/q/metrics", orders).statusCode()).isEqualTo(404);
    assertThat(one.get("/q/health", orders).statusCode()).isEqualTo(404);
  }

  private static List<String> auditLines(BrokerProcess broker, String client) {
    return broker
        .output()
        .lines()
        .filter(
            line -> line.startsWith("{\"time\"") && line.contains("\"client\":\"" + client + "\""))
        .toList();
  }

  private static void assertProblem(HttpResponse<String> answer, int status, String code)
      throws IOException {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(answer.headers().firstValue("Content-Type").orElse(""))
        .startsWith("application/problem+json");
    var problem = json(answer);
    assertThat(problem.path("code").textValue()).isEqualTo(code);
    assertThat(problem.path("status").intValue()).isEqualTo(status);
    assertThat(problem.path("type").textValue()).isEqualTo("urn:token-broker:problem:" + code);
    assertThat(problem.path("title").textValue()).isNotBlank();
    assertThat(problem.path("detail").textValue()).isNotBlank();
    assertThat(problem.path("trace_id").textValue()).matches("[0-9a-f]{32}");
  }

  /** Neither any secret nor any token that the upstream has given so far. */
  private static void assertNothingSecretIn(String text) {
    assertThat(text).doesNotContain("not-for-your-eyes");
    assertThat(upstream.issuedTokens()).noneMatch(text::contains);
  }

  private static JsonNode entry(HttpResponse<String> list, String client) throws IOException {
    for (var entry : json(list).path("clients")) {
      if (entry.path("name").textValue().equals(client)) {
        return entry;
      }
    }
    return MissingNode.getInstance();
  }

  private static long retryAfter(HttpResponse<String> answer) {
    return answer.headers().firstValueAsLong("Retry-After").orElse(-1);
  }

  private static JsonNode json(HttpResponse<String> answer) throws IOException {
    return JSON.readTree(answer.body());
  }

  /** One that no other test has used. */
  private static String freshClient() {
    return "client-" + SERIAL.incrementAndGet();
  }

  private static String id(String client) {
    return client.replace("client-", "id-");
  }

  private static String secret(int client) {
    return "not-for-your-eyes-" + client;
  }
}
