package tokenbroker.callers;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import tokenbroker.callers.ReviewVerdict.Authenticated;
import tokenbroker.callers.ReviewVerdict.Denied;
import tokenbroker.callers.ReviewVerdict.Failed;
import tokenbroker.files.UnusableText;
import tokenbroker.outbound.Egress;

/** Asks a Kubernetes API server for reviews of JWTs (TokenReview, authentication.k8s.io/v1). */
final class TokenReviewer {

  /** The time limit of one review. */
  static final Duration TIME_LIMIT = Duration.ofSeconds(2);

  /**
   * The status codes of a created review, though the server never stores it. The Kubernetes API
   * description lists all three.
   */
  private static final Set<Integer> CREATED = Set.of(200, 201, 202);

  private static final JsonMapper JSON = new JsonMapper();
  private static final String VERSION = "authentication.k8s.io/v1";
  private static final String KIND = "TokenReview";
  private static final Map<String, String> HEADERS =
      Map.of("Accept", "application/json", "Content-Type", "application/json");

  private final ReviewSettings settings;
  private final String audience;
  private final IssuerServer server;

  TokenReviewer(ReviewSettings settings, String audience, Egress egress) {
    this.settings = settings;
    this.audience = audience;
    this.server =
        new IssuerServer(
            settings.tokenFile(), settings.caFile(), TIME_LIMIT, "token-review-api-server", egress);
  }

  /**
   * Returns one of three verdicts. Blocks. Neither the server nor the network can make it throw.
   */
  ReviewVerdict review(String jwt) {
    try {
      return verdict(server.send("POST", settings.url(), HEADERS, request(jwt), CREATED));
    } catch (UnusableText e) {
      return new Failed(e.reason());
    } catch (IOException e) {
      return new Failed("the connection failed (" + e.getClass().getSimpleName() + ")");
    }
  }

  private String request(String jwt) {
    var request = JSON.createObjectNode().put("apiVersion", VERSION).put("kind", KIND);
    var spec = request.putObject("spec").put("token", jwt);
    spec.putArray("audiences").add(audience);
    return request.toString();
  }

  /**
   * Returns the verdict. It counts only if it names the audience; otherwise the server gave it for
   * its own audience.
   */
  private ReviewVerdict verdict(String text) throws KeysUnreadable {
    var answer = parsed(text);
    var status = answer.path("status");
    if (!KIND.equals(answer.path("kind").textValue()) || !status.isObject()) {
      throw new KeysUnreadable("the response is not a TokenReview");
    }
    var audiences = status.path("audiences").valueStream();
    return status.path("authenticated").booleanValue()
            && status.path("error").asText("").isEmpty()
            && audiences.anyMatch(each -> audience.equals(each.textValue()))
        ? new Authenticated()
        : new Denied();
  }

  private static JsonNode parsed(String text) throws KeysUnreadable {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new KeysUnreadable("the response is not JSON"); // No cause: it quotes the answer.
    }
  }
}
