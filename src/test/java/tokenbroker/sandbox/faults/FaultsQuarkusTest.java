package tokenbroker.sandbox.faults;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tokenbroker.sandbox.SandboxProfiles;

@QuarkusTest
@TestProfile(SandboxProfiles.Configuring.class)
class FaultsQuarkusTest {

  @BeforeEach
  @AfterEach
  void removeFaults() {
    given().delete("/sandbox/faults").then().statusCode(200);
  }

  @Test
  void aFaultForSomeTimesEndsAfterThem() {
    put("{'fault': '5xx', 'times': 2}").statusCode(200).body("faults[0].times", equalTo(2));
    askAs("demo").statusCode(500);
    report().body("faults[0].times", equalTo(1));
    askAs("demo").statusCode(500);
    report().body("faults", empty());
    askAs("demo").statusCode(200);
  }

  @Test
  void aFaultForOneClientLeavesTheOthersAlone() {
    put("{'fault': '5xx', 'client_id': 'demo'}").statusCode(200);
    askAs("demo").statusCode(500);
    askAs("other").statusCode(200);
  }

  @Test
  void oneClientCanBeExemptFromTheFaultOfAll() {
    put("{'fault': '5xx'}").statusCode(200);
    put("{'fault': 'none', 'client_id': 'demo'}").statusCode(200);
    askAs("demo").statusCode(200);
    askAs("other").statusCode(500);
    put("{'fault': 'none'}").statusCode(200);
    askAs("other").statusCode(200);
  }

  @Test
  void tokenRequestsAreCounted() {
    askAs("demo").statusCode(200);
    askAs("demo").statusCode(200);
    askAs("other").statusCode(200);
    report()
        .body("token_requests.total", equalTo(3))
        .body("token_requests.by_client_id.demo", equalTo(2))
        .body("token_requests.by_client_id.other", equalTo(1));
    given().delete("/sandbox/faults").then().body("token_requests.total", equalTo(0));
  }

  @Test
  void curlNeedsNoContentType() {
    given()
        .contentType(ContentType.URLENC)
        .body("{\"fault\": \"garbage\"}")
        .put("/sandbox/faults")
        .then()
        .statusCode(200)
        .body("faults[0].fault", equalTo("garbage"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {}                                    | fault is missing; it must be one of none, expired, revoked, slow, 429, 5xx, garbage, rejected, truncated or lost
          {'fault': 'tired'}                    | fault is "tired"; it must be one of none, expired, revoked, slow, 429, 5xx, garbage, rejected, truncated or lost
          {'fault': 'slow', 'dely': '3s'}       | dely is not a field of a fault; the fields are client_id, delay, error, fault, grace, lifetime, retry_after, status, times, tokens, user
          {'fault': 'slow', 'delay': 'long'}    | delay is "long"; it must be a duration such as 3s, 500ms or 10m
          {'fault': 'slow', 'delay': ''}        | delay is ""; it must be a duration such as 3s, 500ms or 10m
          {'fault': 'slow', 'delay': '2h'}      | delay is 2h; it must be between PT0S and PT1H
          {'fault': 'slow', 'delay': '-1s'}     | delay is -1s; it must be between PT0S and PT1H
          {'fault': 'slow', 'status': 500}      | the fault slow does not take status
          {'fault': '5xx', 'status': 200}       | status is 200; it must be a number from 500 to 599
          {'fault': '429', 'retry_after': -1}   | retry_after is -1; it must be a number from 0 to 86400
          {'fault': '5xx', 'times': 0}          | times is 0; it must be a number from 1 to 1000000
          {'fault': 'revoked', 'times': 1}      | the fault revoked does not take times
          {'fault': 'rejected', 'error': 'A B'} | error is "A B"; it must be an OAuth error code such as invalid_client
          {'fault': 'lost', 'grace': '2h'}      | grace is 2h; it must be between PT0S and PT1H
          {'fault': 'revoked', 'tokens': 'new'} | tokens is "new"; it must be access, refresh or all
          {'fault': 'slow', 'user': 'a@b.c'}    | the fault slow does not take user
          {'fault': 'none', 'tokens': 'all'}    | the fault none does not take tokens
          {'fault': '5xx', 'client_id': ''}     | client_id is blank or longer than 100 characters; it must be a client id
          null                                  | the body is null; it must be a JSON object such as {"fault": "none"}
          [1]                                   | the body is not a JSON object such as {"fault": "slow", "delay": "3s"}
          fault=slow                            | the body is not a JSON object such as {"fault": "slow", "delay": "3s"}
          """)
  void anInvalidFaultIsRejectedWithTheReason(String json, String reason) {
    put(json).statusCode(400).body("detail", equalTo(reason));
    report().body("faults", empty());
  }

  private static ValidatableResponse put(String json) {
    return given()
        .contentType(ContentType.JSON)
        .body(json.replace('\'', '"'))
        .put("/sandbox/faults")
        .then();
  }

  private static ValidatableResponse report() {
    return given().get("/sandbox/faults").then().statusCode(200);
  }

  private static ValidatableResponse askAs(String clientId) {
    return given()
        .formParam("grant_type", "client_credentials")
        .formParam("client_id", clientId)
        .formParam("client_secret", clientId + "-secret")
        .post("/sandbox/trackmage/oauth/v2/token")
        .then();
  }
}
