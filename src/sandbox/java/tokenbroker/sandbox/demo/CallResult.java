package tokenbroker.sandbox.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;

/** The result of a call by the demo service, to the broker or to TrackMage. */
sealed interface CallResult {

  record Success(JsonNode body) implements CallResult {}

  /**
   * A failed call.
   *
   * @param message a sentence for the user
   */
  record Failure(String message) implements CallResult {}

  /**
   * Returns the result for a response.
   *
   * @param who the system that responded
   * @param body a missing node if the body was not JSON
   */
  static CallResult of(String who, int status, JsonNode body) {
    if (status < 300) {
      return new Success(body);
    }
    var message = new StringBuilder(who + " answered " + status);
    for (var field : new String[] {"code", "detail", "message"}) {
      var value = body.path(field);
      message.append(value.isTextual() ? ": " + value.textValue() : "");
    }
    return new Failure(message.append('.').toString());
  }

  /** Returns the result if there was no response. */
  static CallResult unreachable(String who, Exception reason) {
    return new Failure(who + " did not answer: " + reason.getClass().getSimpleName() + ".");
  }

  /** Returns the body that stands for one that was not JSON. */
  static JsonNode noBody() {
    return MissingNode.getInstance();
  }
}
