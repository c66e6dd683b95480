package tokenbroker.sandbox.trackmage;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tokenbroker.sandbox.SandboxProfiles;

/** Proves the authorization-code flow of the sandbox, as a browser and a client see it. */
@QuarkusTest
@TestProfile(SandboxProfiles.Configuring.class)
class AuthorizationQuarkusTest {

  private static final String CALLBACK = "https://shop.example/connected";
  private static final Map<String, String> REQUEST =
      Map.of(
          "client_id", "demo",
          "redirect_uri", CALLBACK,
          "response_type", "code",
          "state", "a b&c");
  private static final String STATE = "a+b%26c";

  @Test
  void theConsentPageSaysWhoAsksAndWhereTheUserReturnsAndHoldsNothingElseOfTheRequest() {
    asking(with("state", "\"><script>alert(1)</script>"))
        .get(UserFlow.AUTHORIZE)
        .then()
        .statusCode(200)
        .contentType("text/html;charset=UTF-8")
        .header("Cache-Control", "no-store")
        .header("Referrer-Policy", "no-referrer")
        .header("X-Content-Type-Options", "nosniff")
        .header(
            "Content-Security-Policy",
            allOf(
                containsString("default-src 'none'"),
                containsString("frame-ancestors 'none'"),
                not(containsString("unsafe")),
                not(containsString("form-action"))))
        .body(
            allOf(
                containsString("<html lang=\"en\">"),
                containsString("<strong>demo</strong>"),
                containsString("<dd>" + CALLBACK + "</dd>"),
                not(containsString("script"))));
  }

  @Test
  void allowingLeadsBackWithACodeAndTheState() {
    UserFlow.allow(REQUEST, "alice@sandbox.invalid")
        .header("Cache-Control", "no-store")
        .header("Referrer-Policy", "no-referrer")
        .header(
            "Location",
            matchesPattern("\\Q" + CALLBACK + "?state=" + STATE + "\\E&code=[\\w-]{43}"));
  }

  @Test
  void aRedirectUriKeepsItsQuery() {
    UserFlow.allow(with("redirect_uri", CALLBACK + "?a=1"), "alice@sandbox.invalid")
        .header("Location", containsString(CALLBACK + "?a=1&state="));
  }

  @Test
  void denyingLeadsBackWithTheError() {
    sent(asking(REQUEST).formParam("decision", "deny").post(UserFlow.AUTHORIZE).then())
        .header(
            "Location",
            equalTo(
                CALLBACK
                    + "?error=access_denied"
                    + "&error_description=The+user+denied+access+to+your+application"
                    + "&state="
                    + STATE));
  }

  @Test
  void whatIsTypedCountsForTheUser() {
    var location =
        sent(asking(REQUEST)
                .formParam("user", "alice@sandbox.invalid")
                .formParam("other", " Carol@Shop.example ")
                .formParam("decision", "allow")
                .post(UserFlow.AUTHORIZE)
                .then())
            .extract()
            .header("Location");
    exchange(UserFlow.codeIn(location)).body("user_email", equalTo("carol@shop.example"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"carol", "@", "a b@c", "a@b@c", "<b>@x", "\u00e9@x.invalid"})
  void whatIsNoAddressIsAskedForAgain(String typed) {
    asking(REQUEST)
        .formParam("user", "alice@sandbox.invalid")
        .formParam("other", typed)
        .formParam("decision", "allow")
        .post(UserFlow.AUTHORIZE)
        .then()
        .statusCode(400);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "absent",
      textBlock =
          """
          client_id    | absent                  | No client with this id
          client_id    | ''                      | No client with this id
          client_id    | <b>demo</b>             | No client with this id
          redirect_uri | absent                  | not registered
          redirect_uri | ''                      | not registered
          redirect_uri | /relative               | not registered
          redirect_uri | javascript:alert(1)     | not registered
          redirect_uri | https:///path           | not registered
          redirect_uri | https://shop.example/#f | not registered
          redirect_uri | https://shop.example/ x | not registered
          """)
  void whatCannotBeSentBackIsToldToTheUser(String changed, String value, String message) {
    var page = allOf(containsString(message), not(containsString("<b>")));
    asking(with(changed, value)).get(UserFlow.AUTHORIZE).then().statusCode(400).body(page);
    asking(with(changed, value))
        .formParam("decision", "allow")
        .post(UserFlow.AUTHORIZE)
        .then()
        .statusCode(400)
        .body(page);
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "absent",
      textBlock =
          """
          response_type,         token,  unsupported_response_type
          response_type,         absent, unsupported_response_type
          scope,                 admin,  invalid_scope
          code_challenge,        short,  invalid_request
          code_challenge_method, S256,   invalid_request
          """)
  void whatIsNotSupportedIsToldToTheClient(String changed, String value, String error) {
    sent(asking(with(changed, value)).get(UserFlow.AUTHORIZE).then())
        .header("Location", containsString(CALLBACK + "?error=" + error + "&"))
        .header("Location", containsString("&state=" + STATE));
  }

  @Test
  void theStateMayBeAbsent() {
    sent(asking(with("state", null)).formParam("decision", "deny").post(UserFlow.AUTHORIZE).then())
        .header("Location", not(containsString("state")));
  }

  @Test
  void aCodeGivesTokensOfItsUser() {
    String token =
        exchange(code("alice@sandbox.invalid"))
            .body("expires_in", equalTo(3600))
            .body("token_type", equalTo("bearer"))
            .body("scope", nullValue())
            .body("refresh_token", matchesPattern("[\\w-]{43}"))
            .body("user_id", matchesPattern("[0-9a-f-]{36}"))
            .body("user_email", equalTo("alice@sandbox.invalid"))
            .extract()
            .path("access_token");
    given()
        .header("Authorization", "Bearer " + token)
        .get("/sandbox/trackmage/workspaces")
        .then()
        .statusCode(200)
        .body("[0].title", equalTo("Sandbox of alice@sandbox.invalid"));
  }

  @Test
  void aCodeCanBePostedToTheAuthorizationEndpointToo() {
    var exchange = new HashMap<>(UserFlow.client("demo", "authorization_code"));
    exchange.putAll(Map.of("code", code("bob@sandbox.invalid"), "redirect_uri", CALLBACK));
    postedToAuthorize(exchange).statusCode(200).body("user_email", equalTo("bob@sandbox.invalid"));
    postedToAuthorize(exchange).statusCode(400).body("error", equalTo("invalid_grant"));
  }

  @Test
  void theAuthorizationEndpointExchangesCodesOnly() {
    postedToAuthorize(UserFlow.client("demo", "client_credentials"))
        .statusCode(400)
        .body("error", equalTo("invalid_request"));
  }

  @Test
  void theClientMustProveItself() {
    UserFlow.token("demo", "authorization_code", Map.of("client_secret", "wrong"))
        .statusCode(400)
        .body("error", equalTo("invalid_client"));
  }

  @Test
  void aChallengeIsRememberedUntilTheExchange() {
    var request = new HashMap<>(REQUEST);
    request.put("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    request.put("code_challenge_method", "S256");
    var location = UserFlow.allow(request, "alice@sandbox.invalid").extract().header("Location");
    var proof = new HashMap<>(Map.of("code", UserFlow.codeIn(location), "redirect_uri", CALLBACK));
    UserFlow.token("demo", "authorization_code", proof)
        .statusCode(400)
        .body("error", equalTo("invalid_grant"));
    proof.put("code_verifier", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
    UserFlow.token("demo", "authorization_code", proof).statusCode(200);
  }

  @Test
  void refreshTokensRotate() {
    var first = UserFlow.connect("demo", "alice@sandbox.invalid");
    String second =
        UserFlow.refresh("demo", first)
            .statusCode(200)
            .body("scope", nullValue())
            .body("user_email", equalTo("alice@sandbox.invalid"))
            .extract()
            .path("refresh_token");
    assertThat(second).isNotEqualTo(first);
    UserFlow.refresh("demo", first)
        .statusCode(400)
        .body("error", equalTo("invalid_grant"))
        .body("error_description", equalTo("Invalid refresh token"));
    UserFlow.refresh("demo", second).statusCode(200);
  }

  private static Map<String, String> with(String changed, @Nullable String value) {
    var request = new HashMap<>(REQUEST);
    request.remove(changed);
    if (value != null) {
      request.put(changed, value);
    }
    return request;
  }

  private static RequestSpecification asking(Map<String, String> request) {
    return given().redirects().follow(false).queryParams(request);
  }

  private static ValidatableResponse sent(ValidatableResponse response) {
    return response.statusCode(302);
  }

  private static String code(String user) {
    return UserFlow.codeIn(UserFlow.allow(REQUEST, user).extract().header("Location"));
  }

  private static ValidatableResponse exchange(String code) {
    return UserFlow.token(
            "demo", "authorization_code", Map.of("code", code, "redirect_uri", CALLBACK))
        .statusCode(200);
  }

  private static ValidatableResponse postedToAuthorize(Map<String, String> exchange) {
    return given().contentType(ContentType.JSON).body(exchange).post(UserFlow.AUTHORIZE).then();
  }
}
