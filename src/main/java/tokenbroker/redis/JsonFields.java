package tokenbroker.redis;

import com.fasterxml.jackson.databind.JsonNode;

/** A reader of required JSON fields. */
final class JsonFields {

  private JsonFields() {}

  /**
   * Returns the text of a field.
   *
   * @throws IllegalArgumentException if the field is missing or is not a text
   */
  static String text(JsonNode json, String name) {
    var value = json.required(name);
    if (!value.isTextual()) {
      throw new IllegalArgumentException(name + " is not a text");
    }
    return value.textValue();
  }
}
