package tokenbroker.sandbox;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tokenbroker.oauth.UpstreamBreaker;
import tokenbroker.sandbox.trackmage.UserFlow;

/**
 * Proves that {@code POST /sandbox/reset} forgets everything by which tests influence each other.
 */
@QuarkusTest
@TestProfile(ResetQuarkusTest.ManyClients.class)
class ResetQuarkusTest {

  private static final int BURST = 40;
  private static final String CLIENT = "client-0";
  private static final List<String> CLIENTS =
      IntStream.range(0, UpstreamBreaker.ACCOUNTS).mapToObj(number -> "client-" + number).toList();
  private static final String CALLBACK = "http://127.0.0.1:1/callback";
  private static final String DOWN = "{\"fault\": \"5xx\", \"status\": 503, \"retry_after\": 3600}";

  @Inject MeterRegistry registry;

  private String caller;

  /** Has enough clients to open the breaker, and a rate limit that a test can reach. */
  public static final class ManyClients extends SandboxProfiles.Configuring {
    @Override
    public Map<String, String> getConfigOverrides() {
      var settings = new HashMap<>(super.getConfigOverrides());
      var files = Path.of("target", "reset-test-" + ProcessHandle.current().pid());
      settings.put("broker.clients.file", files.resolve("clients.yaml").toString());
      settings.put("broker.clients.secrets", files.resolve("secrets").toString());
      settings.put("broker.callers.rate-limit", "1");
      settings.put("broker.callers.burst", Integer.toString(BURST));
      try {
        write(files, Objects.requireNonNull(settings.get("quarkus.http.test-port")));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return settings;
    }

    private static void write(Path files, String port) throws IOException {
      var yaml =
          new StringBuilder(
              "upstreams: { sandbox: { base-url: 'http://127.0.0.1:%s/sandbox/trackmage' } }\nclients:\n"
                  .formatted(port));
      for (var client : CLIENTS) {
        yaml.append(
            "  %s: { upstream: sandbox, return-to: [ '%s' ], callers: [ { issuer: sandbox, group: all } ] }\n"
                .formatted(client, CALLBACK));
        var secrets = Files.createDirectories(files.resolve("secrets").resolve(client));
        Files.writeString(secrets.resolve("client-id"), client);
        Files.writeString(secrets.resolve("client-secret"), client + "-secret");
      }
      Files.writeString(files.resolve("clients.yaml"), yaml);
    }
  }

  @BeforeEach
  void becomeANewCaller() {
    reset();
    caller =
        given()
            .queryParam("subject", UUID.randomUUID())
            .queryParam("group", "all")
            .get("/sandbox/caller-token")
            .asString();
  }

  @Test
  void theTokenIsForgottenAndIsDeadAtTrackMage() {
    var before = token(CLIENT).statusCode(200).extract().jsonPath();
    workspaces(before.getString("access_token")).statusCode(200);
    reset();
    workspaces(before.getString("access_token")).statusCode(401);
    var after = token(CLIENT).statusCode(200).extract().jsonPath();
    assertThat(after.getString("token_id")).isNotEqualTo(before.getString("token_id"));
    workspaces(after.getString("access_token")).statusCode(200);
  }

  @Test
  void faultsAndCountsAreForgotten() {
    fault(DOWN);
    token(CLIENT).statusCode(503);
    report().body("faults", hasSize(1)).body("token_requests.total", equalTo(1));
    reset();
    report()
        .body("faults", empty())
        .body("token_requests.total", equalTo(0))
        .body("token_requests.by_client_id", equalTo(Map.of()));
  }

  @Test
  void theBackOffIsForgotten() {
    fault(DOWN);
    token(CLIENT).statusCode(503);
    given().delete("/sandbox/faults");
    token(CLIENT).statusCode(503).body("code", equalTo("upstream_unavailable"));
    reset();
    token(CLIENT).statusCode(200);
  }

  @Test
  void thePauseBetweenForcedFetchesIsForgotten() {
    var second = invalidate(tokenId()).statusCode(200).body("replaced", equalTo(true));
    invalidate(second.extract().path("token_id")).statusCode(429);
    reset();
    invalidate(tokenId()).statusCode(200).body("replaced", equalTo(true));
  }

  @Test
  void theBreakerIsClosed() {
    fault("{\"fault\": \"5xx\"}");
    CLIENTS.forEach(client -> token(client).statusCode(503));
    assertThat(openBreakers()).isOne();
    reset();
    assertThat(openBreakers()).isZero();
    CLIENTS.forEach(client -> token(client).statusCode(200));
  }

  @Test
  void rateLimitsAreForgotten() {
    await().until(() -> token(CLIENT).extract().statusCode() == 429);
    reset();
    IntStream.range(0, BURST - 1).forEach(_ -> token(CLIENT).statusCode(200));
  }

  @Test
  void connectionsAreForgotten() {
    var connection = connect();
    connections().body("connections.id", equalTo(List.of(connection)));
    asCaller().get("/tokens/client-0/connections/" + connection).then().statusCode(200);
    reset();
    connections().body("connections", empty());
    asCaller().get("/tokens/client-0/connections/" + connection).then().statusCode(404);
  }

  @Test
  void codesAndRefreshTokensAreForgotten() {
    var request = Map.of("client_id", "demo", "redirect_uri", CALLBACK, "response_type", "code");
    var code = UserFlow.codeOf(request, "alice@sandbox.invalid");
    var refreshToken = UserFlow.connect("demo", "alice@sandbox.invalid");
    reset();
    UserFlow.token("demo", "authorization_code", Map.of("code", code, "redirect_uri", CALLBACK))
        .statusCode(400)
        .body("error_description", equalTo("Code doesn't exist or is invalid for the client"));
    UserFlow.refresh("demo", refreshToken)
        .statusCode(400)
        .body("error_description", equalTo("Invalid refresh token"));
  }

  /** The broker would otherwise join the fetch in progress, and back off when it ends. */
  @Test
  void aDelayedResponseEndsAndLeavesNothing() {
    fault("{\"fault\": \"slow\", \"delay\": \"1h\"}");
    var impatient = CompletableFuture.supplyAsync(() -> token(CLIENT).extract().statusCode());
    await().until(() -> report().extract().<Integer>path("token_requests.total") == 1);
    reset();
    assertThat(impatient.join()).isEqualTo(200);
    token(CLIENT).statusCode(200);
    report().body("token_requests.total", equalTo(1));
  }

  @Test
  void revocationsOfOneUserEndButTheirTokensStayDead() {
    var old = UserFlow.tokensOf("demo", "bob@sandbox.invalid").extract().jsonPath();
    fault("{\"fault\": \"revoked\", \"user\": \"bob@sandbox.invalid\"}");
    reset();
    workspaces(old.getString("access_token")).statusCode(401);
    var next = UserFlow.tokensOf("demo", "bob@sandbox.invalid").extract().jsonPath();
    workspaces(next.getString("access_token")).statusCode(200);
  }

  @Test
  void callerTokensStayValid() {
    var keys = given().get("/sandbox/callers/jwks.json").asString();
    reset();
    token(CLIENT).statusCode(200);
    assertThat(given().get("/sandbox/callers/jwks.json").asString()).isEqualTo(keys);
  }

  private static void reset() {
    given().post("/sandbox/reset").then().statusCode(204);
  }

  private static void fault(String json) {
    given().body(json).put("/sandbox/faults").then().statusCode(200);
  }

  private static ValidatableResponse report() {
    return given().get("/sandbox/faults").then().statusCode(200);
  }

  private RequestSpecification asCaller() {
    return given().header("Authorization", "Bearer " + caller);
  }

  private ValidatableResponse token(String client) {
    return asCaller().get("/tokens/" + client).then();
  }

  private String tokenId() {
    return token(CLIENT).statusCode(200).extract().path("token_id");
  }

  private ValidatableResponse invalidate(String tokenId) {
    return asCaller()
        .contentType(ContentType.JSON)
        .body(Map.of("token_id", tokenId))
        .post("/tokens/client-0/invalidate")
        .then();
  }

  private static ValidatableResponse workspaces(String token) {
    return given()
        .header("Authorization", "Bearer " + token)
        .get("/sandbox/trackmage/workspaces")
        .then();
  }

  private ValidatableResponse connections() {
    return asCaller().get("/clients/client-0/connections").then().statusCode(200);
  }

  private double openBreakers() {
    return registry.get("token_broker.upstream.breaker.open").gauges().stream()
        .mapToDouble(Gauge::value)
        .sum();
  }

  /** Connects an account of Alice through the broker. Returns the id of the connection. */
  private String connect() {
    var begun =
        asCaller()
            .contentType(ContentType.JSON)
            .body(Map.of("return_to", CALLBACK, "state", "mine"))
            .post("/clients/client-0/authorizations")
            .then()
            .statusCode(201)
            .extract()
            .jsonPath();
    var toTrackMage = browser().get(begun.getString("authorization_url"));
    var decided =
        browser()
            .formParams(Map.of("user", "alice@sandbox.invalid", "decision", "allow"))
            .post(toTrackMage.getHeader("Location"));
    var back = browser().cookies(toTrackMage.cookies()).get(decided.getHeader("Location"));
    var result = back.getHeader("Location").replaceAll(".*[?&]result=([^&]*).*", "$1");
    JsonPath redeemed =
        asCaller()
            .contentType(ContentType.JSON)
            .body(Map.of("result", result, "state", "mine"))
            .post("/clients/client-0/authorizations/redeem")
            .then()
            .statusCode(200)
            .extract()
            .jsonPath();
    return redeemed.getString("connection");
  }

  private static RequestSpecification browser() {
    return given().urlEncodingEnabled(false).redirects().follow(false);
  }
}
