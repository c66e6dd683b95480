package tokenbroker.sandbox.trackmage;

import static io.restassured.RestAssured.given;

import io.restassured.response.ValidatableResponse;
import java.util.HashMap;
import java.util.Map;

/** The requests of a user and of a client in the authorization-code flow of the sandbox. */
public final class UserFlow {

  static final String AUTHORIZE = "/sandbox/trackmage/oauth/v2/auth";
  public static final String TOKEN = "/sandbox/trackmage/oauth/v2/token";

  private UserFlow() {}

  /** Presses Allow as this user. */
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

  /** Presses Allow as this user. Returns the authorization code. */
  public static String codeOf(Map<String, String> request, String user) {
    return codeIn(allow(request, user).extract().header("Location"));
  }

  static String codeIn(String location) {
    return location.replaceAll(".*[?&]code=", "");
  }

  /** Returns the parameters with which a client authenticates. */
  static Map<String, String> client(String clientId, String grantType) {
    return Map.of(
        "grant_type", grantType, "client_id", clientId, "client_secret", clientId + "-secret");
  }

  /**
   * Sends a token request.
   *
   * @param parameters parameters to add to the usual ones, or to replace them
   */
  public static ValidatableResponse token(
      String clientId, String grantType, Map<String, String> parameters) {
    var all = new HashMap<>(client(clientId, grantType));
    all.putAll(parameters);
    return given().formParams(all).post(TOKEN).then();
  }

  /** Runs the whole flow. Returns the response with the tokens. */
  public static ValidatableResponse tokensOf(String clientId, String user) {
    var callback = "http://127.0.0.1:1/callback";
    var request = Map.of("client_id", clientId, "redirect_uri", callback, "response_type", "code");
    var code = codeOf(request, user);
    return token(clientId, "authorization_code", Map.of("code", code, "redirect_uri", callback))
        .statusCode(200);
  }

  /** Runs the whole flow. Returns the refresh token. */
  public static String connect(String clientId, String user) {
    return tokensOf(clientId, user).extract().path("refresh_token");
  }

  public static ValidatableResponse refresh(String clientId, String refreshToken) {
    return token(clientId, "refresh_token", Map.of("refresh_token", refreshToken));
  }
}
