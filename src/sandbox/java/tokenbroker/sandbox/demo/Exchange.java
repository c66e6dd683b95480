package tokenbroker.sandbox.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.http.HttpRequest;

/**
 * A request of the demo service and its answer, as text for the page. It contains no token.
 *
 * @param request the request line, a placeholder for the credential, and the body
 * @param answer the status and the body
 */
record Exchange(String request, String answer) {

  private static final String ACCESS_TOKEN = "access_token";

  /**
   * Returns the text of an exchange.
   *
   * @param credential what the request was authenticated with, in words
   * @param sent the body of the request; a missing node if it had none
   * @param status 0 if there was no answer
   * @param received the body of the answer; a missing node if it was not JSON
   */
  static Exchange of(
      HttpRequest request, String credential, JsonNode sent, int status, JsonNode received) {
    var uri = request.uri();
    var query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
    var head =
        "%s %s%s\nAuthorization: Bearer (%s)"
            .formatted(request.method(), uri.getRawPath(), query, credential);
    return new Exchange(
        head + text(sent),
        status == 0 ? "no answer" : "status " + status + text(withoutToken(received)));
  }

  private static JsonNode withoutToken(JsonNode body) {
    return body instanceof ObjectNode object && object.has(ACCESS_TOKEN)
        ? object.deepCopy().put(ACCESS_TOKEN, "(hidden)")
        : body;
  }

  private static String text(JsonNode body) {
    return body.isMissingNode() ? "" : "\n\n" + body.toPrettyString();
  }
}
