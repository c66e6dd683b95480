package tokenbroker.callers;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Makes text from outside safe for a log line. The result is quoted, cut to a bounded length, and
 * in printable ASCII. So it can neither forge a line nor hide a look-alike character.
 */
final class QuotedClaim {

  private static final int LONGEST = 200;
  private static final int MOST_ELEMENTS = 5;

  private QuotedClaim() {}

  static String of(@Nullable String text) {
    if (text == null) {
      return "missing";
    }
    var quoted = new StringBuilder("\"");
    text.chars().limit(LONGEST).forEach(character -> append((char) character, quoted));
    return quoted.append(text.length() > LONGEST ? "\"..." : "\"").toString();
  }

  /**
   * Returns the quoted claim: a string or a list of strings as it is. For any other type, it
   * returns only the name of the type.
   */
  static String of(JsonNode claim) {
    return switch (claim.getNodeType()) {
      case MISSING -> "missing";
      case STRING -> of(claim.textValue());
      case ARRAY -> list(claim);
      default -> "of type " + claim.getNodeType().name().toLowerCase(Locale.ROOT);
    };
  }

  private static String list(JsonNode claim) {
    var elements =
        claim
            .valueStream()
            .limit(MOST_ELEMENTS)
            .map(element -> element.isTextual() ? of(element.textValue()) : "no string")
            .collect(Collectors.joining(", "));
    return "[" + elements + (claim.size() > MOST_ELEMENTS ? ", ...]" : "]");
  }

  private static void append(char character, StringBuilder quoted) {
    if (character == '"' || character == '\\') {
      quoted.append('\\').append(character);
    } else if (character >= ' ' && character < 0x7f) {
      quoted.append(character);
    } else {
      quoted.append("\\u%04x".formatted((int) character));
    }
  }
}
