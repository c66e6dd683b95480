package tokenbroker.sandbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.inject.Singleton;
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

/**
 * An internal service whose users connect their TrackMage accounts. It does what any service does
 * with the broker: it calls it over HTTP, with a caller token of the sandbox's issuer.
 */
@Singleton
class DemoService {

  private static final String CLIENT = "demo";
  private static final String SUBJECT = "demo";
  private static final int PAGE = 20;
  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final Duration CALLER_TOKEN_LIFE = Duration.ofMinutes(5);
  private static final String BROKER = "The broker";
  private static final String TRACKMAGE = "TrackMage";

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(PATIENCE).build();
  private final CallerTokens callerTokens;
  private final ObjectMapper json;
  private final URI broker;
  private final URI sandbox;

  DemoService(SandboxConfig config, CallerTokens callerTokens, ObjectMapper json) {
    this.callerTokens = callerTokens;
    this.json = json;
    this.sandbox = config.baseUrl();
    this.broker = sandbox.resolve("/");
  }

  /**
   * Returns the address of the demo page as browsers see it. An authorization starts and ends
   * there.
   */
  String address() {
    return sandbox + "/demo";
  }

  /**
   * Returns a page of connections.
   *
   * @param cursor null for the first page
   */
  BrokerAnswer connections(@Nullable String cursor) {
    var path =
        new Location("/clients/" + CLIENT + "/connections?limit=" + PAGE).with("cursor", cursor);
    return askBroker(request(broker.resolve(path.address())).GET());
  }

  /** Begins an authorization. The answer contains the address for the user's browser. */
  BrokerAnswer connect(String state) {
    var body = Map.of("return_to", address(), "state", state);
    return askBroker(
        request(broker.resolve("/clients/" + CLIENT + "/authorizations"))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(text(body))));
  }

  /**
   * Redeems the result that a browser brought.
   *
   * @param state the state from this browser's own session
   */
  BrokerAnswer redeem(String result, String state) {
    return askBroker(
        request(broker.resolve("/clients/" + CLIENT + "/authorizations/redeem"))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(text(Map.of("result", result, "state", state)))));
  }

  BrokerAnswer token(String connection) {
    return askBroker(
        request(broker.resolve("/tokens/" + CLIENT + "/connections/" + encoded(connection))).GET());
  }

  BrokerAnswer disconnect(String connection) {
    return askBroker(
        request(broker.resolve("/clients/" + CLIENT + "/connections/" + encoded(connection)))
            .DELETE());
  }

  /** Calls TrackMage itself with a token, without the broker. */
  BrokerAnswer workspaces(String accessToken) {
    return ask(
        TRACKMAGE,
        request(URI.create(sandbox + "/trackmage/workspaces?itemsPerPage=1"))
            .header("Authorization", "Bearer " + accessToken)
            .build());
  }

  private BrokerAnswer askBroker(HttpRequest.Builder request) {
    var caller = callerTokens.issue(SUBJECT, Set.of(), CALLER_TOKEN_LIFE);
    return ask(BROKER, request.header("Authorization", "Bearer " + caller).build());
  }

  private static HttpRequest.Builder request(URI address) {
    return HttpRequest.newBuilder(address).timeout(PATIENCE);
  }

  private BrokerAnswer ask(String who, HttpRequest request) {
    try {
      var response = http.send(request, BodyHandlers.ofString());
      return BrokerAnswer.of(who, response.statusCode(), parse(response.body()));
    } catch (IOException e) {
      return BrokerAnswer.unreachable(who, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return BrokerAnswer.unreachable(who, e);
    }
  }

  private JsonNode parse(String body) {
    try {
      return json.readTree(body);
    } catch (JsonProcessingException e) {
      return BrokerAnswer.nothing();
    }
  }

  private String text(Object value) {
    try {
      return json.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Encodes one path segment. */
  private static String encoded(String segment) {
    return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
