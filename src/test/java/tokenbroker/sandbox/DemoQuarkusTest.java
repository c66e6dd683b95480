package tokenbroker.sandbox;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;
import java.net.URI;
import java.util.Map;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tokenbroker.testing.StubConnections;

/** The demo page beside a stub of the broker, and the sandbox's own TrackMage. */
@QuarkusTest
@TestProfile(SandboxProfiles.DemoOfAnotherBroker.class)
class DemoQuarkusTest {

  private static final String STATE = "sandbox-demo-state";
  private static StubConnections broker;

  @BeforeAll
  static void startBroker() {
    broker =
        new StubConnections(
            setting("sandbox.broker-url").getPort(), setting("sandbox.base-url") + "/trackmage");
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @AfterEach
  void forgetConnections() {
    broker.clear();
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
        .body(allOf(containsString("None so far."), not(containsString("<script"))));
  }

  @Test
  void aUserConnectsCallsAndDisconnects() {
    var connect = connect();
    var returned = decide(connect, "allow");
    var state = connect.getCookie(STATE);
    assertThat(returned.getQuery()).contains("state=" + state);
    var connection = parameter(returned, "connection");

    page(returned.getQuery(), state)
        .body(
            allOf(containsString("Connected. "), containsString("<h3>alice@sandbox.invalid</h3>")))
        .cookie(STATE, "");
    page("call=" + connection)
        .body(containsString("TrackMage answered 200: Sandbox of alice@sandbox.invalid."))
        .body(containsString("<code>id-of-the-token</code>"))
        .body(not(containsString("eyJ")));

    disconnect(connection)
        .statusCode(303)
        .header("Location", containsString("/sandbox/demo?disconnected="));
    page("disconnected=yes").body(containsString("Disconnected.")).body(containsString("None so"));
  }

  @Test
  void aUserDenies() {
    var connect = connect();
    var returned = decide(connect, "deny");
    page(returned.getQuery(), connect.getCookie(STATE))
        .body(containsString("Not connected: access was denied."))
        .body(containsString("None so far."));
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
    var foreign = allOf(containsString("it is left aside"), not(containsString("Connected. ")));
    page("connection=x&state=of-another", "mine").body(foreign);
    page("connection=x&state=of-another").body(foreign);
    page("connection=x", "mine").body(foreign);
    page("error=access_denied&state=of-another", "mine").body(foreign);
  }

  @Test
  void whatCameBackIsEscaped() {
    page("error=%3Cb%3E&state=mine", "mine")
        .body(allOf(containsString("<code>&lt;b&gt;</code>"), not(containsString("<b>"))));
    page("connection=%3Cb%3E&state=mine", "mine").body(not(containsString("<b>")));
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

  /** Goes to TrackMage, decides, comes back by the broker; answers where it leads to then. */
  private static URI decide(Response connect, String decision) {
    var decided =
        given()
            .urlEncodingEnabled(false)
            .redirects()
            .follow(false)
            .formParams(Map.of("user", "alice@sandbox.invalid", "decision", decision))
            .post(connect.getHeader("Location"));
    var back =
        given()
            .urlEncodingEnabled(false)
            .redirects()
            .follow(false)
            .get(decided.getHeader("Location"));
    assertThat(back.getHeader("Location")).startsWith(setting("sandbox.base-url") + "/demo?");
    return URI.create(back.getHeader("Location"));
  }

  private static ValidatableResponse disconnect(String connection) {
    return given()
        .redirects()
        .follow(false)
        .formParam("connection", connection)
        .post("/sandbox/demo/disconnect")
        .then();
  }

  private static String parameter(URI uri, String name) {
    return uri.getQuery().replaceAll("(^|.*&)" + name + "=([^&]*).*", "$2");
  }

  private static URI setting(String key) {
    return ConfigProvider.getConfig().getValue(key, URI.class);
  }
}
