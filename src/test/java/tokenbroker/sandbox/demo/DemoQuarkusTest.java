package tokenbroker.sandbox.demo;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import java.net.URI;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tokenbroker.sandbox.SandboxProfiles;

/** Proves that the demo page works with the broker and the sandbox's TrackMage. */
@QuarkusTest
@TestProfile(SandboxProfiles.Configuring.class)
class DemoQuarkusTest {

  private static final String STATE = "sandbox-demo-state";
  private static final Pattern CONNECTION = Pattern.compile("name=\"connection\" value=\"([^\"]+)");

  @AfterEach
  void forgetConnections() {
    CONNECTION
        .matcher(given().get("/sandbox/demo").asString())
        .results()
        .forEach(found -> disconnect(found.group(1)).statusCode(303));
  }

  @Test
  void thePageIsPlainAndIsNotKept() {
    given()
        .get("/sandbox/demo")
        .then()
        .statusCode(200)
        .contentType("text/html;charset=UTF-8")
        .header("Cache-Control", "no-store")
        .header("Referrer-Policy", "no-referrer")
        .header("Content-Security-Policy", startsWith("default-src 'none'"))
        .body(allOf(containsString("No accounts are connected."), not(containsString("<script"))));
  }

  @Test
  void aUserConnectsCallsAndDisconnects() {
    var connect = connect();
    var returned = decide(connect, "allow");
    var state = connect.getCookie(STATE);
    assertThat(returned.getQuery()).contains("state=" + state);
    assertThat(returned.getQuery()).doesNotContain("connection=");

    var shown =
        page(returned.getQuery(), state)
            .body(
                allOf(
                    containsString("Connected. "),
                    containsString("<h3>alice@sandbox.invalid</h3>")))
            .cookie(STATE, "")
            .extract()
            .asString();
    var connection = CONNECTION.matcher(shown).results().findFirst().orElseThrow().group(1);
    assertThat(shown)
        .contains(
            "POST /clients/demo/authorizations\n", "POST /clients/demo/authorizations/redeem\n");
    page("call=" + connection)
        .body(containsString("GET /tokens/demo/connections/" + connection + "\n"))
        .body(containsString("GET /sandbox/trackmage/workspaces?itemsPerPage=1\n"))
        .body(containsString("TrackMage answered 200: Sandbox of alice@sandbox.invalid."))
        .body(matchesPattern("(?s).*The token&#39;s id is <code>[\\w-]+</code>.*"))
        .body(not(containsString("eyJ")));

    var disconnected =
        URI.create(disconnect(connection).statusCode(303).extract().header("Location"));
    page(disconnected.getQuery())
        .body(containsString("DELETE /clients/demo/connections/" + connection + "\n"))
        .body(containsString("Disconnected."))
        .body(containsString("No accounts are connected."));
  }

  @Test
  void aUserDenies() {
    var connect = connect();
    var returned = decide(connect, "deny");
    page(returned.getQuery(), connect.getCookie(STATE))
        .body(containsString("Not connected: access was denied."))
        .body(containsString("No accounts are connected."));
  }

  @Test
  void theStateIsASecretOfOneConnectingInOneBrowser() {
    var first = connect();
    assertThat(first.getCookie(STATE)).hasSize(43).isNotEqualTo(connect().getCookie(STATE));
    assertThat(first.getHeader("Set-Cookie"))
        .contains("HttpOnly", "SameSite=Lax", "Path=/sandbox/demo", "Max-Age=900");
  }

  @Test
  void anAnswerWithAnotherStateIsLeftAside() {
    var foreign =
        allOf(containsString("This result was ignored."), not(containsString("Connected. ")));
    page("result=x&state=of-another", "mine").body(foreign);
    page("result=x&state=of-another").body(foreign);
    page("result=x", "mine").body(foreign);
    page("error=access_denied&state=of-another", "mine").body(foreign);
  }

  @Test
  void whatCameBackIsEscaped() {
    page("error=%3Cb%3E&state=mine", "mine")
        .body(allOf(containsString("<code>&lt;b&gt;</code>"), not(containsString("<b>"))));
    page("result=%3Cb%3E&state=mine", "mine")
        .body(allOf(containsString("400: invalid_result"), not(containsString("<b>"))));
  }

  @Test
  void whatTheBrokerRefusesIsToldInWords() {
    page("call=unknown").body(containsString("The broker answered 404: not_found"));
    page("call=../../x%20y").body(containsString("The broker answered 404: not_found"));
    disconnect("unknown").statusCode(502).body(containsString("The broker answered 404"));
  }

  private static ValidatableResponse page(String query) {
    return given().urlEncodingEnabled(false).get("/sandbox/demo?" + query).then();
  }

  private static ValidatableResponse page(String query, String state) {
    return given()
        .urlEncodingEnabled(false)
        .cookie(STATE, state)
        .get("/sandbox/demo?" + query)
        .then();
  }

  private static Response connect() {
    var response = given().redirects().follow(false).post("/sandbox/demo/connect");
    assertThat(response.statusCode()).isEqualTo(303);
    return response;
  }

  /**
   * Visits TrackMage, makes the decision and returns through the broker. Returns where the broker
   * redirects to.
   */
  private static URI decide(Response connect, String decision) {
    var toTrackMage = browser().get(connect.getHeader("Location"));
    var decided =
        browser()
            .formParams(Map.of("user", "alice@sandbox.invalid", "decision", decision))
            .post(toTrackMage.getHeader("Location"));
    var back = browser().cookies(toTrackMage.cookies()).get(decided.getHeader("Location"));
    assertThat(back.getHeader("Location"))
        .startsWith("http://127.0.0.1:" + RestAssured.port + "/sandbox/demo?");
    return URI.create(back.getHeader("Location"));
  }

  private static RequestSpecification browser() {
    return given().urlEncodingEnabled(false).redirects().follow(false);
  }

  private static ValidatableResponse disconnect(String connection) {
    return given()
        .redirects()
        .follow(false)
        .formParam("connection", connection)
        .post("/sandbox/demo/disconnect")
        .then();
  }
}
