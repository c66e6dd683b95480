package tokenbroker.sandbox.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tokenbroker.sandbox.issuer.CallerTokenIssuer;
import tokenbroker.sandbox.web.UrlWithQuery;

/**
 * An internal service whose users connect their TrackMage accounts. It calls the broker over HTTP,
 * as any other service does, with caller tokens of the sandbox's issuer.
 */
public final class DemoService {

  private static final String CLIENT = "demo";
  private static final String SUBJECT = "demo";
  private static final int PAGE_SIZE = 20;
  private static final Duration TIMEOUT = Duration.ofSeconds(15);
  private static final Duration CALLER_TOKEN_LIFETIME = Duration.ofMinutes(5);
  private static final String BROKER = "The broker";
  private static final String TRACKMAGE = "TrackMage";
  private static final JsonNode NO_BODY = MissingNode.getInstance();

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(TIMEOUT).build();
  private final CallerTokenIssuer issuer;
  private final ObjectMapper json;
  private final URI broker;
  private final URI sandbox;

  /**
   * Creates the service.
   *
   * @param sandbox the base URL of the sandbox; the broker has the same host and port
   */
  public DemoService(URI sandbox, CallerTokenIssuer issuer, ObjectMapper json) {
    this.issuer = issuer;
    this.json = json;
    this.sandbox = sandbox;
    this.broker = sandbox.resolve("/");
  }

  /**
   * Returns the URL of the demo page as browsers see it. A connection attempt starts and ends
   * there.
   */
  String url() {
    return sandbox + "/demo";
  }

  /**
   * Lists a page of connections.
   *
   * @param cursor null for the first page
   */
  CallResult connections(@Nullable String cursor) {
    var path =
        new UrlWithQuery("/clients/" + CLIENT + "/connections?limit=" + PAGE_SIZE)
            .with("cursor", cursor);
    return callBroker(request(broker.resolve(path.url())).GET(), NO_BODY);
  }

  /**
   * Begins an authorization. The result contains the URL that the user's browser must open.
   *
   * @param state comes back with the result of the authorization
   */
  CallResult connect(String state) {
    return post("/authorizations", Map.of("return_to", url(), "state", state));
  }

  /**
   * Redeems the result of an authorization.
   *
   * @param result comes from the browser
   * @param state the state from this browser's own session
   */
  CallResult redeem(String result, String state) {
    return post("/authorizations/redeem", Map.of("result", result, "state", state));
  }

  /** Fetches the access token of a connection from the broker. */
  CallResult token(String connection) {
    return callBroker(
        request(broker.resolve("/tokens/" + CLIENT + "/connections/" + encoded(connection))).GET(),
        NO_BODY);
  }

  /** Deletes a connection. */
  CallResult disconnect(String connection) {
    return callBroker(
        request(broker.resolve("/clients/" + CLIENT + "/connections/" + encoded(connection)))
            .DELETE(),
        NO_BODY);
  }

  /** Calls TrackMage with an access token. The broker takes no part. */
  CallResult workspaces(String accessToken) {
    return call(
        TRACKMAGE,
        request(URI.create(sandbox + "/trackmage/workspaces?itemsPerPage=1"))
            .header("Authorization", "Bearer " + accessToken)
            .build(),
        "the access token",
        NO_BODY);
  }

  private CallResult post(String path, Map<String, String> fields) {
    JsonNode body = json.valueToTree(fields);
    var request =
        request(broker.resolve("/clients/" + CLIENT + path))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body.toString()));
    return callBroker(request, body);
  }

  private CallResult callBroker(HttpRequest.Builder request, JsonNode body) {
    var caller = issuer.issue(SUBJECT, Set.of(), CALLER_TOKEN_LIFETIME);
    return call(
        BROKER,
        request.header("Authorization", "Bearer " + caller).build(),
        "a caller token of the demo service",
        body);
  }

  private static HttpRequest.Builder request(URI url) {
    return HttpRequest.newBuilder(url).timeout(TIMEOUT);
  }

  private CallResult call(String who, HttpRequest request, String credential, JsonNode body) {
    try {
      var response = http.send(request, BodyHandlers.ofString());
      var status = response.statusCode();
      var received = parse(response.body());
      return CallResult.of(
          who, status, received, Exchange.of(request, credential, body, status, received));
    } catch (IOException e) {
      return unreachable(who, e, request, credential, body);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return unreachable(who, e, request, credential, body);
    }
  }

  private static CallResult unreachable(
      String who, Exception reason, HttpRequest request, String credential, JsonNode body) {
    return CallResult.unreachable(who, reason, Exchange.of(request, credential, body, 0, NO_BODY));
  }

  private JsonNode parse(String body) {
    try {
      return json.readTree(body);
    } catch (JsonProcessingException e) {
      return NO_BODY;
    }
  }

  /** Encodes one path segment. */
  private static String encoded(String segment) {
    return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
