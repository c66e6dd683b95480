package tokenbroker.sandbox.faults;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import io.restassured.path.json.JsonPath;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tokenbroker.sandbox.SandboxProfiles;
import tokenbroker.sandbox.trackmage.UserFlow;

/** Proves how injected faults affect the connections of users. */
@QuarkusTest
@TestProfile(SandboxProfiles.Configuring.class)
class UserFaultsQuarkusTest {

  private static final String ALICE = "alice@sandbox.invalid";
  private static final String BOB = "bob@sandbox.invalid";

  @BeforeEach
  @AfterEach
  void removeFaults() {
    given().delete("/sandbox/faults").then().statusCode(200);
  }

  @Test
  void aLostAnswerLeavesTheTokenRotated() {
    var token = UserFlow.connect("demo", ALICE);
    fault("{'fault': 'lost', 'times': 1}");
    assertThatThrownBy(() -> refreshOverHttp11(token)).isInstanceOf(IOException.class);
    UserFlow.refresh("demo", token).statusCode(400).body("error", equalTo("invalid_grant"));
  }

  @Test
  void aLostAnswerCanBeAskedForOnceMoreWithGrace() {
    var token = UserFlow.connect("demo", ALICE);
    fault("{'fault': 'lost', 'grace': '1h', 'times': 1}");
    assertThatThrownBy(() -> refreshOverHttp11(token)).isInstanceOf(IOException.class);
    String next = UserFlow.refresh("demo", token).statusCode(200).extract().path("refresh_token");
    UserFlow.refresh("demo", token).statusCode(400).body("error", equalTo("invalid_grant"));
    UserFlow.refresh("demo", next).statusCode(200);
  }

  @Test
  void aTruncatedAnswerLeavesTheTokenRotated() {
    var token = UserFlow.connect("demo", ALICE);
    fault("{'fault': 'truncated', 'times': 1}");
    assertThatThrownBy(() -> refreshOverHttp11(token)).isInstanceOf(IOException.class);
    UserFlow.refresh("demo", token).statusCode(400).body("error", equalTo("invalid_grant"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {'fault': '5xx', 'times': 1}      | 500
          {'fault': '429', 'times': 1}      | 429
          {'fault': 'rejected', 'times': 1} | 400
          {'fault': 'garbage', 'times': 1}  | 200
          """)
  void aRequestThatIsNotCarriedOutLeavesTheTokenAsItIs(String fault, int status) {
    var token = UserFlow.connect("demo", ALICE);
    fault(fault);
    UserFlow.refresh("demo", token).statusCode(status);
    UserFlow.refresh("demo", token).statusCode(200).body("user_email", equalTo(ALICE));
  }

  @Test
  void accessTokensDieAloneUnlessMoreIsAskedFor() {
    var tokens = UserFlow.tokensOf("demo", ALICE).extract().jsonPath();
    fault("{'fault': 'revoked', 'user': 'alice@sandbox.invalid'}");
    workspaces(tokens, 401);
    UserFlow.refresh("demo", tokens.get("refresh_token")).statusCode(200);
  }

  @Test
  void refreshTokensCanDieAlone() {
    var tokens = UserFlow.tokensOf("demo", ALICE).extract().jsonPath();
    fault("{'fault': 'revoked', 'user': 'alice@sandbox.invalid', 'tokens': 'refresh'}");
    workspaces(tokens, 200);
    UserFlow.refresh("demo", tokens.get("refresh_token"))
        .statusCode(400)
        .body("error_description", equalTo("Invalid refresh token"));
  }

  @Test
  void allTokensOfAClientCanDie() {
    var tokens = UserFlow.tokensOf("demo", ALICE).extract().jsonPath();
    var others = UserFlow.tokensOf("other", ALICE).extract().jsonPath();
    fault("{'fault': 'revoked', 'client_id': 'demo', 'tokens': 'all'}");
    workspaces(tokens, 401);
    UserFlow.refresh("demo", tokens.get("refresh_token")).statusCode(400);
    workspaces(others, 200);
    UserFlow.refresh("other", others.get("refresh_token")).statusCode(200);
  }

  @Test
  void oneUserOfAClientCanBeRevokedAlone() {
    var alice = UserFlow.tokensOf("demo", ALICE).extract().jsonPath();
    var bob = UserFlow.tokensOf("demo", BOB).extract().jsonPath();
    fault(
        "{'fault': 'revoked', 'client_id': 'demo', 'user': 'bob@sandbox.invalid', 'tokens': 'all'}");
    workspaces(bob, 401);
    workspaces(alice, 200);
    UserFlow.refresh("demo", alice.get("refresh_token")).statusCode(200);
  }

  @Test
  void requestsAreCountedByGrantType() {
    var token = UserFlow.connect("demo", ALICE);
    UserFlow.refresh("demo", token).statusCode(200);
    UserFlow.refresh("demo", token).statusCode(400);
    UserFlow.token("demo", "password", Map.of()).statusCode(400);
    given()
        .get("/sandbox/faults")
        .then()
        .body("token_requests.by_grant_type.authorization_code", equalTo(1))
        .body("token_requests.by_grant_type.refresh_token", equalTo(2))
        .body("token_requests.by_grant_type.other", equalTo(1))
        .body("token_requests.total", equalTo(4));
  }

  private static void refreshOverHttp11(String refreshToken) throws Exception {
    try (var client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      client.send(
          HttpRequest.newBuilder(
                  URI.create("http://localhost:" + RestAssured.port + UserFlow.TOKEN))
              .header("Content-Type", "application/x-www-form-urlencoded")
              .POST(
                  BodyPublishers.ofString(
                      "grant_type=refresh_token&client_id=demo&client_secret=demo-secret"
                          + "&refresh_token="
                          + refreshToken))
              .build(),
          BodyHandlers.ofString());
    }
  }

  private static void workspaces(JsonPath tokens, int status) {
    given()
        .header("Authorization", "Bearer " + tokens.getString("access_token"))
        .get("/sandbox/trackmage/workspaces")
        .then()
        .statusCode(status);
  }

  private static void fault(String json) {
    given().body(json.replace('\'', '"')).put("/sandbox/faults").then().statusCode(200);
  }
}
