package tokenbroker.sandbox.trackmage;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.matchesPattern;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tokenbroker.sandbox.SandboxProfiles;

@QuarkusTest
@TestProfile(SandboxProfiles.Configuring.class)
class TrackMageQuarkusTest {

  private static final String TOKEN = "/sandbox/trackmage/oauth/v2/token";
  private static final String WORKSPACES = "/sandbox/trackmage/workspaces?itemsPerPage=1";
  private static final Map<String, String> GOOD =
      Map.of(
          "grant_type", "client_credentials",
          "client_id", "demo",
          "client_secret", "demo-secret");

  @AfterEach
  void takeFaultsBack() {
    given().delete("/sandbox/faults").then().statusCode(200);
  }

  @Test
  void everyRequestStyleOfTrackMageGivesAToken() {
    granted(given().queryParams(GOOD).get(TOKEN).then());
    granted(given().formParams(GOOD).post(TOKEN).then());
    granted(given().contentType(ContentType.JSON).body(GOOD).post(TOKEN).then());
    granted(
        given()
            .auth()
            .preemptive()
            .basic("demo", "demo-secret")
            .formParam("grant_type", "client_credentials")
            .post(TOKEN)
            .then());
  }

  @Test
  void tokensHaveTheUsualLength() {
    assertThat(newToken()).hasSizeBetween(800, 880);
  }

  @Test
  void parametersInTheQueryOfAPostDoNotCount() {
    refused(given().queryParams(GOOD).post(TOKEN).then(), "invalid_request");
    refused(
        given().queryParams(GOOD).contentType(ContentType.URLENC).post(TOKEN).then(),
        "invalid_request");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "null", "{", "{\"grant_type\":[1]}"})
  void aBodyThatHoldsNoParametersIsAnInvalidRequest(String body) {
    refused(given().contentType(ContentType.JSON).body(body).post(TOKEN).then(), "invalid_request");
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "absent",
      textBlock =
          """
          client_secret, wrong,    invalid_client,  The client credentials are invalid
          client_secret, absent,   invalid_client,  The client credentials are invalid
          client_id,     other,    invalid_client,  The client credentials are invalid
          client_id,     absent,   invalid_client,  Client id was not found in the headers or body
          grant_type,    absent,   invalid_request, Invalid grant_type parameter or parameter missing
          grant_type,    password, invalid_request, Invalid grant_type parameter or parameter missing
          scope,         admin,    invalid_scope,   An unsupported scope was requested.
          """)
  void errorsAreTrackMages(String changed, String value, String error, String description) {
    var parameters = new HashMap<>(GOOD);
    parameters.remove(changed);
    if (value != null) {
      parameters.put(changed, value);
    }
    refused(given().formParams(parameters).post(TOKEN).then(), error)
        .body("error_description", equalTo(description));
  }

  @Test
  void aTokenOpensTheWorkspaces() {
    bearing(newToken()).get(WORKSPACES).then().statusCode(200).body("size()", equalTo(1));
  }

  @Test
  void whatIsNoTokenIsRefused() {
    notAuthorized(given().get(WORKSPACES).then(), "JWT Token not found");
    notAuthorized(bearing("x.y.z").get(WORKSPACES).then(), "Invalid JWT Token");
    notAuthorized(bearing(callerToken()).get(WORKSPACES).then(), "Invalid JWT Token");
  }

  @Test
  void revokedTokensAreDeadAndNewOnesAreNot() {
    var old = newToken();
    fault("{'fault': 'revoked'}");
    notAuthorized(bearing(old).get(WORKSPACES).then(), "Invalid JWT Token");
    bearing(newToken()).get(WORKSPACES).then().statusCode(200);
  }

  @Test
  void theTokensOfOneClientCanBeRevokedAlone() {
    var demo = newToken();
    fault("{'fault': 'revoked', 'client_id': 'other'}");
    bearing(demo).get(WORKSPACES).then().statusCode(200);
    fault("{'fault': 'revoked', 'client_id': 'demo'}");
    notAuthorized(bearing(demo).get(WORKSPACES).then(), "Invalid JWT Token");
  }

  @Test
  void expiredTokensAreRefused() {
    fault("{'fault': 'expired'}");
    notAuthorized(bearing(newToken()).get(WORKSPACES).then(), "Expired JWT Token");
  }

  @Test
  void tokensCanHaveAShortLife() {
    fault("{'fault': 'expired', 'lifetime': '5m'}");
    ask().statusCode(200).body("expires_in", equalTo(300));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "absent",
      textBlock =
          """
          {'fault': '429', 'retry_after': 7}               | 429 | 7
          {'fault': '429'}                                 | 429 | absent
          {'fault': '5xx'}                                 | 500 | absent
          {'fault': '5xx', 'status': 503, 'retry_after': 2} | 503 | 2
          {'fault': 'garbage'}                             | 200 | absent
          """)
  void aWebServerInTroubleAnswersWithAPage(String fault, int status, String retryAfter) {
    fault(fault);
    ask()
        .statusCode(status)
        .contentType(ContentType.HTML)
        .header("Retry-After", equalTo(retryAfter));
  }

  @Test
  void theRightCredentialsCanBeRejected() {
    fault("{'fault': 'rejected'}");
    refused(ask(), "invalid_client");
    fault("{'fault': 'rejected', 'error': 'unauthorized_client'}");
    refused(ask(), "unauthorized_client");
  }

  @Test
  void aSlowAnswerComesAfterItsDelay() {
    fault("{'fault': 'slow', 'delay': '300ms'}");
    var before = System.nanoTime();
    ask().statusCode(200);
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThan(Duration.ofMillis(300));
  }

  @Test
  void aTruncatedAnswerEndsTooEarly() {
    fault("{'fault': 'truncated'}");
    try (var client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      var request =
          HttpRequest.newBuilder(
                  URI.create(
                      "http://localhost:"
                          + RestAssured.port
                          + TOKEN
                          + "?grant_type=client_credentials&client_id=demo&client_secret=demo-secret"))
              .build();
      assertThatThrownBy(() -> client.send(request, HttpResponse.BodyHandlers.ofString()))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("fixed content-length");
    }
  }

  private static String newToken() {
    return ask().statusCode(200).extract().path("access_token");
  }

  private static String callerToken() {
    return given().accept(ContentType.TEXT).get("/sandbox/caller-token").asString();
  }

  private static ValidatableResponse ask() {
    return given().formParams(GOOD).post(TOKEN).then();
  }

  private static void fault(String json) {
    given().body(json.replace('\'', '"')).put("/sandbox/faults").then().statusCode(200);
  }

  private static RequestSpecification bearing(String token) {
    return given().header("Authorization", "Bearer " + token);
  }

  private static void granted(ValidatableResponse response) {
    response
        .statusCode(200)
        .contentType(ContentType.JSON)
        .body("access_token", matchesPattern("[\\w-]+\\.[\\w-]+\\.[\\w-]+"))
        .body("expires_in", equalTo(3600))
        .body("token_type", equalTo("bearer"))
        .body("scope", equalTo("user"))
        .body("user_id", matchesPattern("[0-9a-f-]{36}"))
        .body("user_email", equalTo("demo@sandbox.invalid"));
  }

  private static ValidatableResponse refused(ValidatableResponse response, String error) {
    return response.statusCode(400).contentType(ContentType.JSON).body("error", equalTo(error));
  }

  private static void notAuthorized(ValidatableResponse response, String message) {
    response
        .statusCode(401)
        .header("WWW-Authenticate", "Bearer")
        .body("code", equalTo(401))
        .body("message", equalTo(message));
  }
}
