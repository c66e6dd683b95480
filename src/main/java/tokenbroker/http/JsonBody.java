package tokenbroker.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;

/**
 * Reads the small bodies that callers send. No answer repeats a parser's message about a malformed
 * body.
 */
@Singleton
class JsonBody {

  /**
   * The largest body, in bytes. The server already refuses bodies above its own limit of 16 KiB,
   * unread if they declare their length.
   */
  private static final int LARGEST = 8 * 1024;

  private final ObjectMapper json;

  JsonBody(ObjectMapper json) {
    this.json = json;
  }

  /**
   * Returns the body as a JSON object. Empty if the body is not a single JSON object, if a value is
   * not a string, or if another field than these is present. The charset of the media type is
   * ignored, because JSON defines its own (RFC 8259 §8.1).
   *
   * @throws ProblemException if the body is too large
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
