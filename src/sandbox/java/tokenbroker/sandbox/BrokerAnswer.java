package tokenbroker.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;

/** The result of a call by the demo page's service. */
sealed interface BrokerAnswer {

  record Good(JsonNode body) implements BrokerAnswer {}

  /** An error, in words for a person. */
  record Bad(String message) implements BrokerAnswer {}

  /**
   * Returns the result for an answer.
   *
   * @param who the system that answered
   * @param body a missing node if the answer was not JSON
   */
  static BrokerAnswer of(String who, int status, JsonNode body) {
    if (status < 300) {
      return new Good(body);
    }
    var message = new StringBuilder(who + " answered " + status);
    for (var field : new String[] {"code", "detail", "message"}) {
      var value = body.path(field);
      message.append(value.isTextual() ? ": " + value.textValue() : "");
    }
    return new Bad(message.append('.').toString());
  }

  static BrokerAnswer unreachable(String who, Exception reason) {
    return new Bad(who + " did not answer: " + reason.getClass().getSimpleName() + ".");
  }

  static JsonNode nothing() {
    return MissingNode.getInstance();
  }
}
