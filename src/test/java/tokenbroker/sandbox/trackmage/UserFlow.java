package tokenbroker.sandbox.trackmage;

import static io.restassured.RestAssured.given;

import io.restassured.response.ValidatableResponse;
import java.util.HashMap;
import java.util.Map;

/** A user's part and a client's, towards the look-alike of the sandbox under test. */
public final class UserFlow {

  static final String AUTHORIZE = "/sandbox/trackmage/oauth/v2/auth";
  public static final String TOKEN = "/sandbox/trackmage/oauth/v2/token";

  private UserFlow() {}

  /** The user presses Allow. */
  static ValidatableResponse allow(Map<String, String> request, String user) {
    return given()
        .redirects()
        .follow(false)
        .queryParams(request)
        .formParam("user", user)
        .formParam("decision", "allow")
        .post(AUTHORIZE)
        .then()
        .statusCode(302);
  }

  static String codeIn(String location) {
    return location.replaceAll(".*[?&]code=", "");
  }

  /** The parameters with which a client proves itself. */
  static Map<String, String> client(String clientId, String grantType) {
    return Map.of(
        "grant_type", grantType, "client_id", clientId, "client_secret", clientId + "-secret");
  }

  /**
   * A token request.
   *
   * @param parameters added to the usual ones, or instead of them
   */
  public static ValidatableResponse token(
      String clientId, String grantType, Map<String, String> parameters) {
    var all = new HashMap<>(client(clientId, grantType));
    all.putAll(parameters);
    return given().formParams(all).post(TOKEN).then();
  }

  /** The whole flow, down to the answer with the tokens. */
  public static ValidatableResponse tokensOf(String clientId, String user) {
    var callback = "http://127.0.0.1:1/callback";
    var request = Map.of("client_id", clientId, "redirect_uri", callback, "response_type", "code");
    var code = codeIn(allow(request, user).extract().header("Location"));
    return token(clientId, "authorization_code", Map.of("code", code, "redirect_uri", callback))
        .statusCode(200);
  }

  /** The refresh token after the whole flow. */
  public static String connect(String clientId, String user) {
    return tokensOf(clientId, user).extract().path("refresh_token");
  }

  public static ValidatableResponse refresh(String clientId, String refreshToken) {
    return token(clientId, "refresh_token", Map.of("refresh_token", refreshToken));
  }
}
