package tokenbroker.redis;

import com.fasterxml.jackson.databind.JsonNode;

/** Reads fields that must be there. */
final class JsonFields {

  private JsonFields() {}

  /**
   * Returns a text.
   *
   * @throws IllegalArgumentException if the field is missing, or is no text
   */
  static String text(JsonNode json, String name) {
    var value = json.required(name);
    if (!value.isTextual()) {
      throw new IllegalArgumentException(name + " is no text");
    }
    return value.textValue();
  }
}
