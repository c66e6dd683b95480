package tokenbroker.http;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Base64;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tokenbroker.sandbox.SandboxProfiles;

/** Proves that OAuth clients get tokens and errors in the language of RFC 6749 (contract §8). */
@QuarkusTest
@TestProfile(SandboxProfiles.Configuring.class)
class OAuthTokenQuarkusTest {

  private static final String CC = "grant_type=client_credentials";
  private static final String SECRET = "&client_secret=";
  private static final String ASSERTION =
      "&client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
          + "&client_assertion=";
  private static final String EXCHANGE =
      "grant_type=urn:ietf:params:oauth:grant-type:token-exchange"
          + "&subject_token_type=urn:ietf:params:oauth:token-type:jwt&subject_token=";

  private final HttpClient http = HttpClient.newHttpClient();
  private final JsonMapper json = new JsonMapper();

  @Test
  void eachFormOfTheCredentialGetsTheSameToken() throws IOException {
    var jwt = jwt("demo");
    var bearer = given().header("Authorization", "Bearer " + jwt).get("/tokens/demo");
    var id = bearer.jsonPath().getString("token_id");
    for (var response :
        Stream.of(
                post(basic("demo", jwt), CC),
                post(null, CC + "&client_id=demo" + SECRET + jwt),
                post(null, CC + "&client_id=demo" + ASSERTION + jwt),
                post(null, EXCHANGE + jwt + "&audience=demo"))
            .toList()) {
      assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
      var token = json.readTree(response.body());
      assertThat(token.path("token_id").textValue()).isEqualTo(id);
      assertThat(token.path("access_token").textValue())
          .isEqualTo(bearer.jsonPath().getString("access_token"));
      assertThat(token.path("token_type").textValue()).isEqualTo("Bearer");
      assertThat(token.path("expires_in").isIntegralNumber()).isTrue();
      assertThat(token.path("expires_in").intValue()).isPositive();
      assertThat(token.has("expires_at")).isFalse();
      assertThat(token.has("refresh_token")).isFalse();
      assertThat(token.findValues("user_id")).isEmpty();
      assertThat(response.headers().firstValue("Cache-Control")).hasValue("no-store");
      assertThat(response.headers().firstValue("Pragma")).hasValue("no-cache");
      assertThat(response.headers().firstValue("Token-Id")).hasValue(id);
    }
    var exchanged = json.readTree(post(null, EXCHANGE + jwt + "&audience=demo").body());
    assertThat(exchanged.path("issued_token_type").textValue())
        .isEqualTo("urn:ietf:params:oauth:token-type:access_token");
  }

  @Test
  void aRequestedScopeMustBeTheTokensOwn() throws IOException {
    var form = CC + "&client_id=demo" + SECRET + jwt("demo");
    var own = json.readTree(post(null, form).body()).path("scope").textValue();
    assertThat(post(null, form + "&scope=" + URLEncoder.encode(own, ISO_8859_1)).statusCode())
        .isEqualTo(200);
    assertThat(post(null, form + "&scope=").statusCode()).isEqualTo(200);
    var refused = post(null, form + "&scope=" + URLEncoder.encode(own + " more", ISO_8859_1));
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(error(refused)).isEqualTo("invalid_scope");
  }

  static Stream<Arguments> forms() {
    return Stream.of(
        Arguments.of("basic", 401, "invalid_client"),
        Arguments.of("post", 400, "invalid_client"),
        Arguments.of("assertion", 400, "invalid_client"),
        Arguments.of("exchange", 400, "invalid_request"));
  }

  @ParameterizedTest
  @MethodSource("forms")
  void aForgedJwtIsRefusedInEachForm(String form, int status, String error) throws IOException {
    var jwt = jwt("demo");
    var forged = jwt.substring(0, jwt.length() - 4) + "AAAA";
    var response = send(form, "demo", forged);
    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(error(response)).isEqualTo(error);
    assertThat(response.headers().firstValue("WWW-Authenticate").isPresent())
        .isEqualTo(status == 401);
    assertThat(json.readTree(response.body()).path("code").textValue()).isEqualTo("invalid_token");
    assertThat(response.body()).doesNotContain(forged, "demo");
  }

  @ParameterizedTest
  @MethodSource("forms")
  void aForbiddenClientLooksLikeAnUnknownOne(String form) throws IOException {
    var stranger = jwt("stranger");
    var forbidden = send(form, "demo", stranger);
    assertThat(forbidden.statusCode()).isEqualTo(400);
    assertThat(error(forbidden))
        .isEqualTo(form.equals("exchange") ? "invalid_target" : "unauthorized_client");
    for (var unknown : new String[] {"nobody", "Capital", "a b", "-", "x".repeat(100)}) {
      var response = send(form, unknown, stranger);
      assertThat(response.statusCode()).isEqualTo(400);
      assertThat(withoutTraceId(response)).isEqualTo(withoutTraceId(forbidden));
      assertThat(response.headers().map().keySet()).isEqualTo(forbidden.headers().map().keySet());
    }
  }

  @Test
  void noCredentialOrAnotherSchemeIsChallenged() throws IOException {
    for (var response :
        Stream.of(
                post(null, CC + "&client_id=demo"),
                post("Bearer " + jwt("demo"), CC + "&client_id=demo"),
                post(basic("demo", ""), CC))
            .toList()) {
      assertThat(response.statusCode()).isEqualTo(401);
      assertThat(error(response)).isEqualTo("invalid_client");
      assertThat(response.headers().firstValue("WWW-Authenticate"))
          .hasValue("Basic realm=\"token-broker\"");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "PUT", "DELETE", "PATCH", "HEAD"})
  void anotherMethodIsRefusedAsAnOAuthError(String method) throws IOException {
    var response = send(request("/oauth2/token").method(method, BodyPublishers.noBody()).build());
    assertThat(response.statusCode()).isEqualTo(405);
    assertThat(response.headers().firstValue("Allow")).hasValue("POST, OPTIONS");
    if (!method.equals("HEAD")) {
      assertThat(error(response)).isEqualTo("invalid_request");
    }
  }

  @Test
  void nothingBelowTheEndpointIsAProblemDocument() throws IOException {
    var unknown = send(request("/oauth2/authorize").GET().build());
    assertThat(unknown.statusCode()).isEqualTo(404);
    assertThat(error(unknown)).isEqualTo("invalid_request");
    var large = post(null, CC + "&x=" + "y".repeat(16 * 1024));
    assertThat(large.statusCode()).isEqualTo(413);
    assertThat(error(large)).isEqualTo("invalid_request");
    assertThat(unknown.headers().firstValue("Content-Type")).hasValue("application/json");
    assertThat(large.headers().firstValue("Content-Type")).hasValue("application/json");
  }

  @Test
  void withoutAnIssuerThereIsNoMetadata() throws IOException {
    var response = send(request("/.well-known/oauth-authorization-server").GET().build());
    assertThat(response.statusCode()).isEqualTo(404);
    var openId = send(request("/.well-known/openid-configuration").GET().build());
    assertThat(openId.statusCode()).isEqualTo(404);
  }

  private HttpResponse<String> send(String form, String client, String jwt) throws IOException {
    var name = URLEncoder.encode(client, ISO_8859_1);
    return switch (form) {
      case "basic" -> post(basic(name, jwt), CC);
      case "post" -> post(null, CC + "&client_id=" + name + SECRET + jwt);
      case "assertion" -> post(null, CC + "&client_id=" + name + ASSERTION + jwt);
      case "exchange" -> post(null, EXCHANGE + jwt + "&audience=" + name);
      default -> throw new IllegalArgumentException(form);
    };
  }

  private HttpResponse<String> post(@Nullable String authorization, String form)
      throws IOException {
    var request =
        request("/oauth2/token")
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString(form));
    return send(
        (authorization == null ? request : request.header("Authorization", authorization)).build());
  }

  private HttpRequest.Builder request(String path) {
    var port = ConfigProvider.getConfig().getValue("quarkus.http.test-port", String.class);
    return HttpRequest.newBuilder(URI.create("http://localhost:" + port + path));
  }

  private HttpResponse<String> send(HttpRequest request) throws IOException {
    try {
      return http.send(request, BodyHandlers.ofString());
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private String error(HttpResponse<String> response) throws IOException {
    return json.readTree(response.body()).path("error").textValue();
  }

  private JsonNode withoutTraceId(HttpResponse<String> response) throws IOException {
    var body = json.readTree(response.body());
    ((ObjectNode) body).put("trace_id", "");
    return body;
  }

  private static String jwt(String subject) {
    return given().get("/sandbox/caller-token?subject=" + subject).asString();
  }

  private static String basic(String user, String password) {
    return "Basic "
        + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(ISO_8859_1));
  }
}
