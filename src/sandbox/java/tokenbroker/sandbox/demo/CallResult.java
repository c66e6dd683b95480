package tokenbroker.sandbox.demo;

import com.fasterxml.jackson.databind.JsonNode;

/** The result of a call by the demo service, to the broker or to TrackMage. */
sealed interface CallResult {

  /** Returns the request and the answer, for the page. */
  Exchange exchange();

  record Success(JsonNode body, Exchange exchange) implements CallResult {}

  /**
   * A failed call.
   *
   * @param message a sentence for the user
   */
  record Failure(String message, Exchange exchange) implements CallResult {}

  /**
   * Returns the result for a response.
   *
   * @param who the system that responded
   * @param body a missing node if the body was not JSON
   */
  static CallResult of(String who, int status, JsonNode body, Exchange exchange) {
    if (status < 300) {
      return new Success(body, exchange);
    }
    var message = new StringBuilder(who + " answered " + status);
    for (var field : new String[] {"code", "detail", "message"}) {
      var value = body.path(field);
      message.append(value.isTextual() ? ": " + value.textValue() : "");
    }
    return new Failure(message.append('.').toString(), exchange);
  }

  /** Returns the result if there was no response. */
  static CallResult unreachable(String who, Exception reason, Exchange exchange) {
    return new Failure(
        who + " did not answer: " + reason.getClass().getSimpleName() + ".", exchange);
  }
}
