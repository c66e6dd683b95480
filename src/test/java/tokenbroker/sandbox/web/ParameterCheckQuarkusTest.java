package tokenbroker.sandbox.web;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.Method;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tokenbroker.sandbox.SandboxProfiles;

/** Proves that a parameter without an effect is rejected, except where TrackMage ignores it. */
@QuarkusTest
@TestProfile(SandboxProfiles.Configuring.class)
class ParameterCheckQuarkusTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          GET    | /sandbox/caller-token?sub=orders             | sub is not a parameter of this endpoint; the parameters are group, subject, ttl
          POST   | /sandbox/caller-token?Subject=a&subject=b    | Subject is not a parameter of this endpoint; the parameters are group, subject, ttl
          GET    | /sandbox/caller-token?subject=a&subject=a    | the parameter subject is given 2 times; it may be given once
          GET    | /sandbox/caller-token?ttl=1m&ttl=2m&ttl=3m   | the parameter ttl is given 3 times; it may be given once
          GET    | /sandbox/callers/jwks.json?kid=1             | kid is not a parameter of this endpoint; it has none
          GET    | /sandbox/faults?client_id=demo               | client_id is not a parameter of this endpoint; it has none
          PUT    | /sandbox/faults?fault=slow                   | fault is not a parameter of this endpoint; it has none
          DELETE | /sandbox/faults?client_id=demo               | client_id is not a parameter of this endpoint; it has none
          POST   | /sandbox/reset?client=demo                   | client is not a parameter of this endpoint; it has none
          GET    | /sandbox/demo?connection=1                   | connection is not a parameter of this endpoint; the parameters are call, cursor, disconnected, error, result, state
          GET    | /sandbox/demo?call=1&call=2                  | the parameter call is given 2 times; it may be given once
          POST   | /sandbox/demo/connect?user=alice             | user is not a parameter of this endpoint; it has none
          """)
  void anUnknownOrRepeatedParameterIsRejected(Method method, String path, String detail) {
    given()
        .urlEncodingEnabled(false)
        .request(method, path)
        .then()
        .statusCode(400)
        .contentType("application/problem+json")
        .body("detail", equalTo(detail))
        .body("code", equalTo("invalid_request"))
        .body("status", equalTo(400));
  }

  @ParameterizedTest
  @CsvSource({
    "/sandbox/caller-token?group=a&group=b&subject=orders&ttl=5m",
    "/sandbox/trackmage/oauth/v2/token?grant_type=client_credentials&client_id=demo&client_secret=demo-secret&lang=en",
    "/sandbox/trackmage/oauth/v2/auth?client_id=demo&response_type=code&redirect_uri=http://localhost:1/&lang=en",
  })
  void whatAnEndpointTakesOrTrackMageIgnoresIsAccepted(String path) {
    given().urlEncodingEnabled(false).get(path).then().statusCode(200);
  }
}
