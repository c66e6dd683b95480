package tokenbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static tokenbroker.testing.OAuthForm.MEDIA_TYPE;
import static tokenbroker.testing.OAuthForm.basic;
import static tokenbroker.testing.Responses.assertOAuthError;
import static tokenbroker.testing.Responses.assertProblem;
import static tokenbroker.testing.Responses.json;
import static tokenbroker.testing.Responses.retryAfter;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import tokenbroker.callers.ForgedJwts;
import tokenbroker.testing.Answer;
import tokenbroker.testing.BrokerProcess;
import tokenbroker.testing.Clients;
import tokenbroker.testing.Measured;
import tokenbroker.testing.OAuthForm;
import tokenbroker.testing.RawConnection;
import tokenbroker.testing.Site;

/**
 * Proves that the standard token endpoint keeps the rules of {@code GET /tokens/<client>}, and that
 * nothing of a request reaches its response or the log, at any level (contract §8).
 */
class OAuthTokenIT {

  private static final String PATH = "/oauth2/token";
  private static final String CC = "grant_type=client_credentials";

  /** A text in requests that must not come back. It is no client name, which the audit records. */
  private static final String MARK = "Not-For-The-Log";

  private static final AtomicInteger SERIAL = new AtomicInteger();

  @RegisterExtension
  private static final Site SITE =
      new Site()
          .inMemory()
          .clients(20)
          .with("broker.upstream.timeout", "1s")
          .with("broker.callers.rate-limit", "2000")
          .with("quarkus.log.level", "ALL");

  private static BrokerProcess broker;

  @BeforeAll
  static void start() {
    SITE.files().write("callers.jwks", SITE.issuer().jwksWith(ForgedJwts.keys()));
    broker = SITE.start(SITE.settings());
  }

  @ParameterizedTest
  @EnumSource
  void eachFormIsAuditedAndItsFailuresAreCounted(OAuthForm form) {
    var subject = Clients.CALLER;
    var failures = "token_broker_authentication_failures_total{form=\"%s\"".formatted(form.label());
    var before = broker.metric(failures);
    var token = send(form, "client-0", SITE.token(subject));
    assertThat(token.statusCode()).as(token.body()).isEqualTo(200);
    send(form, "client-0", SITE.token(subject) + "x");

    assertThat(broker.metric(failures)).isEqualTo(before + 1);
    awaitLine(
        broker,
        "\"event\":\"token\"",
        "\"form\":\"%s\"".formatted(form.label()),
        json(token).path("token_id").textValue());
  }

  /** Of many refusals for one reason, only the first in a minute is audited. */
  @Test
  void aRefusedJwtIsAuditedWithItsForm() {
    var fresh = SITE.start(SITE.settings());
    fresh.send(OAuthForm.EXCHANGE.of(request(fresh), "client-0", "no.jwt.x").build());
    awaitLine(fresh, "\"event\":\"authentication\"", "\"form\":\"exchange\"");
    fresh.close();
  }

  @Test
  void theMetadataNameTheIssuerAndNothingOfTheRequest() {
    var issuer = "http://127.0.0.1:1/broker";
    var described = SITE.start(SITE.settings().with("broker.oauth.issuer", issuer));
    var path = "/.well-known/oauth-authorization-server";
    var request =
        HttpRequest.newBuilder(described.url(path)).header("X-Forwarded-Host", "evil.test").build();
    var metadata = json(described.send(request));
    assertThat(metadata.path("issuer").textValue()).isEqualTo(issuer);
    assertThat(metadata.path("token_endpoint").textValue()).isEqualTo(issuer + PATH);
    assertThat(metadata.path("token_endpoint_auth_signing_alg_values_supported"))
        .extracting(JsonNode::textValue)
        .containsExactlyInAnyOrder("RS256", "ES256");
    assertThat(metadata.properties().stream().map(Map.Entry::getKey))
        .containsExactlyInAnyOrder(
            "issuer",
            "token_endpoint",
            "grant_types_supported",
            "token_endpoint_auth_methods_supported",
            "token_endpoint_auth_signing_alg_values_supported");
    assertThat(described.get("/.well-known/openid-configuration", "x").statusCode()).isEqualTo(404);
    assertProblem(described.send(postTo(described, path)), 405, "method_not_allowed");
    described.close();
  }

  @ParameterizedTest
  @EnumSource
  void aForgedJwtGetsNoTokenInAnyForm(OAuthForm form) {
    assertThat(send(form, "client-0", ForgedJwts.rs256(ForgedJwts.claims())).statusCode())
        .isEqualTo(200);
    var refused = new AtomicInteger();
    ForgedJwts.forged()
        .map(Arguments::get)
        .filter(row -> !row[0].equals("a line break after the signature")) // It is dropped.
        .forEach(
            row -> {
              var response = send(form, "client-0", (String) row[1]);
              var what = form + ", " + row[0];
              assertThat(response.statusCode()).as(what).isIn(400, 401, 413, 431);
              assertThat(json(response).path("error").textValue())
                  .as(what)
                  .isIn("invalid_client", "invalid_request");
              refused.incrementAndGet();
            });
    assertThat(refused).hasValueGreaterThan(60);
    Measured.say(
        "aForgedJwtGetsNoTokenInAnyForm", form.label() + ": " + refused + " forged JWTs refused");
  }

  @ParameterizedTest
  @EnumSource
  void whoeverMayNotUseAClientCannotTellThatItExists(OAuthForm form) {
    var stranger = SITE.token("system:serviceaccount:other:stranger");
    var answers = new HashSet<String>();
    for (var client :
        new String[] {"client-0", "nobody", "CLIENT-0", "a b", "-", "x".repeat(200), "\u00e9"}) {
      answers.add(withoutTrace(send(form, client, stranger)));
    }
    assertThat(answers).hasSize(1);
    assertThat(answers)
        .allMatch(
            it ->
                it.contains(
                    form == OAuthForm.EXCHANGE
                        ? "\"error\":\"invalid_target\""
                        : "\"error\":\"unauthorized_client\""));
  }

  static Stream<Arguments> upstreamFailures() {
    return Stream.of(
        Arguments.of(Answer.error("invalid_client"), 502, "server_error", "upstream_rejected"),
        Arguments.of(Answer.html(200), 502, "server_error", "upstream_invalid_response"),
        Arguments.of(Answer.html(500), 503, "temporarily_unavailable", "upstream_unavailable"),
        Arguments.of(Answer.html(429), 503, "temporarily_unavailable", "upstream_unavailable"),
        Arguments.of(Answer.closed(), 503, "temporarily_unavailable", "upstream_unavailable"),
        Arguments.of(Answer.trickle(), 504, "temporarily_unavailable", "upstream_timeout"));
  }

  @ParameterizedTest
  @MethodSource("upstreamFailures")
  void theUpstreamsFailuresAreOAuthErrors(Answer answer, int status, String error, String code) {
    var client = SERIAL.incrementAndGet();
    SITE.upstream().answer("id-" + client, answer);
    var response = send(OAuthForm.POST, "client-" + client, SITE.caller());

    assertOAuthError(response, status, error, code);
    if (status == 503) {
      assertThat(retryAfter(response)).isBetween(1L, 30L);
    }
  }

  @Test
  void aCallerMayChooseHowLongItWaits() {
    var client = "client-" + SERIAL.incrementAndGet();
    SITE.upstream().hold();
    try {
      var request = OAuthForm.POST.of(request(), client, SITE.caller());
      assertOAuthError(
          broker.send(request.header("Prefer", "wait=0").build()),
          504,
          "temporarily_unavailable",
          "upstream_timeout");
    } finally {
      SITE.upstream().release();
    }
  }

  @Test
  void concurrentRequestsInAllFormsShareOneFetch() {
    var client = SERIAL.incrementAndGet();
    var answers =
        Stream.generate(OAuthForm::values)
            .limit(10)
            .flatMap(Stream::of)
            .map(form -> form.of(request(), "client-" + client, SITE.caller()).build())
            .map(request -> broker.http().sendAsync(request, HttpResponse.BodyHandlers.ofString()))
            .toList();
    var ids = new HashSet<String>();
    answers.forEach(answer -> ids.add(json(answer.join()).path("token_id").textValue()));
    assertThat(ids).hasSize(1).doesNotContainNull();
    assertThat(SITE.upstream().count("id-" + client)).isOne();
  }

  @Test
  void minTtlAsksForATokenThatLivesLongEnough() {
    var client = SERIAL.incrementAndGet();
    var first = json(post(null, form(client, ""))).path("token_id").textValue();
    var same = json(post(null, form(client, "&min_ttl=60"))).path("token_id").textValue();
    assertThat(same).isEqualTo(first);
    assertThat(json(post(null, form(client, "&min_ttl=60"))).path("expires_in").intValue())
        .isBetween(60, 3600);
  }

  /** TrackMage may return any text as a scope. */
  @Test
  void aScopeThatNamesAValueTwiceHasThatValue() {
    var client = SERIAL.incrementAndGet();
    SITE.upstream().answer("id-" + client, Answer.token(Map.of("scope", "user user admin")));
    assertThat(post(null, form(client, "&scope=admin+user")).statusCode()).isEqualTo(200);
    assertOAuthError(
        post(null, form(client, "&scope=user+other")), 400, "invalid_scope", "invalid_request");
  }

  @Test
  void aCallerOverItsRateIsToldWhenToComeBack() {
    var greedy = SITE.start(SITE.settings().with("broker.callers.rate-limit", "1"));
    HttpResponse<String> response;
    do {
      response =
          greedy.send(OAuthForm.BASIC.of(request(greedy), "client-0", SITE.caller()).build());
    } while (response.statusCode() == 200);
    assertOAuthError(response, 429, "temporarily_unavailable", "rate_limited");
    assertThat(retryAfter(response)).isPositive();
    greedy.close();
  }

  /** The exact requests of clients that no test here can run. */
  static Stream<Arguments> wireForms() {
    var jwt = SITE.token(Clients.CALLER);
    var encoded = jwt.replace("-", "%2D").replace(".", "%2E").replace("_", "%5F");
    var assertion =
        "&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer"
            + "&client_assertion="
            + jwt;
    return Stream.of(
        wire("Duende: percent-encoded Basic", basic("client%2D0:" + encoded), MEDIA_TYPE, CC),
        wire(
            "Duende: Post",
            null,
            MEDIA_TYPE,
            CC + "&client_id=client-0&client_secret=" + jwt + "&scope=user"),
        wire(
            "Envoy credential_injector, URL_ENCODED_BODY",
            null,
            MEDIA_TYPE,
            CC + "&client_id=client-0&client_secret=" + jwt),
        wire("Envoy credential_injector, BASIC_AUTH", basic("client-0:" + jwt), MEDIA_TYPE, CC),
        wire(
            "Kong openid-connect: raw Basic",
            basic("client-0:" + jwt),
            MEDIA_TYPE,
            CC + "&scope=&audience="),
        wire(
            "azure-identity, workload identity",
            null,
            MEDIA_TYPE + ";charset=UTF-8",
            "client_id=client-0&scope=user&client_info=1&x-client-SKU=MSAL.Python"
                + "&x-client-VER=1.31.0&"
                + CC
                + assertion),
        wire(
            "league/oauth2-client for PHP",
            null,
            MEDIA_TYPE,
            "client_id=client-0&client_secret="
                + jwt
                + "&redirect_uri=&grant_type=client_credentials&scope="),
        wire(
            "Quarkus: assertion and client_id of grant-options",
            null,
            MEDIA_TYPE,
            CC + "&client_id=client-0" + assertion),
        wire(
            "requests-oauthlib: empty password and assertion",
            basic("client-0:"),
            MEDIA_TYPE + "; charset=utf-8",
            CC + assertion));
  }

  private static Arguments wire(
      String name, @Nullable String authorization, String type, String body) {
    return Arguments.of(name, authorization, type, body);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("wireForms")
  void theRequestOfAKnownClientGetsAToken(
      String name, @Nullable String authorization, String type, String body) {
    var response = post(authorization, body, "Content-Type", type, "Accept", "text/html");
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    assertThat(json(response).path("token_type").textValue()).isEqualTo("Bearer");
  }

  static Stream<Arguments> malformed() {
    var good = form(0, "");
    return Stream.of(
        bad("a parameter twice", good + "&" + CC, 400),
        bad("bytes that are not UTF-8", good + "&audience=\u00ff", 400),
        bad("no media type", head("", good.length()) + good, 400),
        bad("JSON", typed("application/json", "{\"grant_type\":\"client_credentials\"}"), 400),
        bad("multipart", typed("multipart/form-data; boundary=x", "--x--"), 400),
        bad("two media types", typed(MEDIA_TYPE + "\r\nContent-Type: " + MEDIA_TYPE, good), 400),
        bad("a body of 16 KiB and a byte", typed(MEDIA_TYPE, padded(good, 16 * 1024 + 1)), 413),
        bad("a chunk that is no chunk", chunked("zz\r\n" + good), 400),
        bad(
            "chunks without end",
            chunked(
                "2000\r\n"
                    + padded(good, 0x2000)
                    + "\r\n2000\r\n"
                    + "x".repeat(0x2000)
                    + "\r\n10\r\n"
                    + "x".repeat(16)
                    + "\r\n"),
            413),
        bad(
            "parameters in the query",
            "POST "
                + PATH
                + "?"
                + good
                + " HTTP/1.1\r\nHost: x\r\n"
                + "Content-Type: "
                + MEDIA_TYPE
                + "\r\nContent-Length: "
                + good.length()
                + "\r\n\r\n"
                + good,
            400),
        bad("Basic that is not base64", authorized("Basic " + MARK + "!", CC), 400),
        bad("Basic without a colon", authorized(basic(MARK), CC), 400),
        bad("Basic with a broken escape", authorized(basic(MARK + "%zz:x"), CC), 400),
        bad("Basic that is not UTF-8", authorized(basic(MARK + "%FF:x"), CC), 400),
        bad("another scheme", authorized("Digest username=\"" + MARK + "\"", CC), 401),
        bad("a bearer token", authorized("Bearer " + SITE.caller(), CC), 401),
        bad(
            "two Authorization headers",
            authorized(basic("a:b") + "\r\nAuthorization: x", CC),
            400),
        bad("a body that is empty", typed(MEDIA_TYPE, ""), 400),
        bad("GET", "GET " + PATH + "?" + CC + " HTTP/1.1\r\nHost: x\r\n\r\n", 405),
        bad("PUT", "PUT " + PATH + " HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", 405),
        bad("another path", "POST /oauth2/" + MARK + " HTTP/1.1\r\nHost: x\r\n\r\n", 404),
        bad("introspection", "POST /oauth2/introspect HTTP/1.1\r\nHost: x\r\n\r\n", 404));
  }

  /** A request, whole or as the body of an ordinary one. */
  private static Arguments bad(String name, String request, int status) {
    var whole = request.contains(" HTTP/1.1\r\n") ? request : typed(MEDIA_TYPE, request);
    return Arguments.of(name, whole, status);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("malformed")
  void aMalformedRequestIsAnOAuthErrorWithoutAWordOfIt(String name, String request, int status) {
    try (var connection = new RawConnection(broker.port())) {
      var answer = connection.send(request).answer();
      assertThat(answer.status()).as(answer.body()).isEqualTo(status);
      assertThat(answer.headers().get("content-type")).isEqualTo("application/json");
      assertThat(answer.headers().get("cache-control")).isEqualTo("no-store");
      assertThat(answer.headers().get("pragma")).isEqualTo("no-cache");
      assertThat(answer.headers()).doesNotContainKeys("set-cookie", "location");
      assertThat(answer.body())
          .contains("\"error\":\"", "\"error_description\":\"", "\"code\":\"", "\"trace_id\":\"")
          .doesNotContain(MARK, "client-0", SITE.caller(), "grant_type=");
    }
  }

  @Test
  void optionsAnswersWithoutCors() {
    var options =
        HttpRequest.newBuilder(broker.url(PATH))
            .method("OPTIONS", BodyPublishers.noBody())
            .header("Origin", "https://elsewhere.test")
            .header("Access-Control-Request-Method", "POST")
            .build();
    var response = broker.send(options);
    assertThat(response.statusCode()).isEqualTo(204);
    assertThat(response.headers().firstValue("Allow")).hasValue("POST, OPTIONS");
    assertThat(response.headers().map().keySet())
        .noneMatch(name -> name.startsWith("access-control"));
  }

  /** The broker of this class logs everything that it can. */
  @Test
  void neitherCredentialsNorTokensReachTheLogAtAnyLevel() {
    var jwts = new HashSet<String>();
    for (var form : OAuthForm.values()) {
      for (var subject : Set.of(Clients.CALLER, "system:serviceaccount:other:stranger")) {
        var jwt = SITE.token(subject);
        jwts.add(jwt.substring(jwt.length() - 40));
        var authorization = form.authorization("client-0", jwt);
        if (authorization != null) {
          jwts.add(authorization.substring("Basic ".length() + 20));
        }
        var url = broker.url(PATH + "?" + MARK + "=" + MARK);
        broker.send(form.of(HttpRequest.newBuilder(url), "client-0", jwt).build());
        send(form, "client-0", jwt + MARK);
        send(form, MARK, jwt);
        broker.send(form.of(request(), "client-0", jwt).header("X-Mark", MARK).build());
      }
    }
    var output = SITE.outputOf(broker);
    assertThat(output).contains("\"level\":\"DEBUG\"").doesNotContain(MARK);
    assertThat(jwts).noneMatch(output::contains);
    assertThat(SITE.upstream().issuedTokens()).noneMatch(output::contains);
  }

  private static String form(int client, String more) {
    return OAuthForm.POST.body("client-" + client, SITE.caller()) + more;
  }

  private static String padded(String form, int length) {
    return form + "&x=" + "y".repeat(length - form.length() - 3);
  }

  private static String typed(String type, String body) {
    return head("Content-Type: " + type + "\r\n", body.length()) + body;
  }

  private static String authorized(String authorization, String body) {
    return typed(MEDIA_TYPE + "\r\nAuthorization: " + authorization, body);
  }

  private static String head(String fields, int length) {
    return "POST %s HTTP/1.1\r\nHost: x\r\n%sContent-Length: %d\r\n\r\n"
        .formatted(PATH, fields, length);
  }

  private static String chunked(String body) {
    return "POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: %s\r\nTransfer-Encoding: chunked\r\n\r\n%s"
        .formatted(PATH, MEDIA_TYPE, body);
  }

  private static HttpResponse<String> send(OAuthForm form, String client, String jwt) {
    return broker.send(form.of(request(), client, jwt).build());
  }

  private static HttpResponse<String> post(
      @Nullable String authorization, String body, String... headers) {
    var request = request().setHeader("Content-Type", MEDIA_TYPE);
    for (var i = 0; i < headers.length; i += 2) {
      request.setHeader(headers[i], headers[i + 1]);
    }
    if (authorization != null) {
      request.header("Authorization", authorization);
    }
    return broker.send(request.POST(BodyPublishers.ofString(body)).build());
  }

  /** Waits until a line of the output contains all these texts. */
  private static void awaitLine(BrokerProcess of, String... texts) {
    await()
        .until(
            () -> of.output().lines().anyMatch(line -> Stream.of(texts).allMatch(line::contains)));
  }

  private static HttpRequest postTo(BrokerProcess to, String path) {
    return HttpRequest.newBuilder(to.url(path)).POST(BodyPublishers.noBody()).build();
  }

  private static HttpRequest.Builder request() {
    return request(broker);
  }

  private static HttpRequest.Builder request(BrokerProcess of) {
    return HttpRequest.newBuilder(of.url(PATH));
  }

  private static String withoutTrace(HttpResponse<String> response) {
    var headers = response.headers().map();
    return response.statusCode()
        + headers.toString()
        + response.body().replaceFirst("\"trace_id\":\"[0-9a-f]{32}\"", "");
  }
}
