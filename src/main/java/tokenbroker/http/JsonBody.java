package tokenbroker.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;

/** Reads the small bodies of callers. What a parser makes of a bad one is not repeated. */
@Singleton
class JsonBody {

  /** Where a body came without a length; one that says its length is refused unread. */
  private static final int LARGEST = 8 * 1024;

  private final ObjectMapper json;

  JsonBody(ObjectMapper json) {
    this.json = json;
  }

  /**
   * The charset of the media type does not matter: JSON has one of its own (RFC 8259 §8.1). Empty
   * where it is not one JSON object of texts, or has other fields than these.
   *
   * @throws ProblemException where it is too large
   */
  Optional<JsonNode> object(byte[] body, Set<String> fields) {
    if (body.length > LARGEST) {
      throw new ProblemException(
          ProblemCode.CONTENT_TOO_LARGE, ProblemCode.CONTENT_TOO_LARGE.detail);
    }
    try {
      var node = json.readTree(body);
      return node != null
              && node.isObject()
              && node.properties().stream()
                  .allMatch(
                      field -> fields.contains(field.getKey()) && field.getValue().isTextual())
          ? Optional.of(node)
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
