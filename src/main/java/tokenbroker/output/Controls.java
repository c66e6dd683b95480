package tokenbroker.output;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.stream.IntStream;

/**
 * Escapes invisible characters that change how others look: C1 controls, line and paragraph
 * separators, and format characters that reverse text (bidi). JSON itself escapes the control
 * characters of ASCII. A line that is not JSON may contain tabs and colours.
 */
final class Controls {

  private static final byte DELETE = 0x7f;

  private Controls() {}

  /** Returns the line with its invisible characters escaped; the same object if there are none. */
  static byte[] escape(byte[] line) {
    for (var each : line) {
      if (each < 0 || each == DELETE) {
        return escape(new String(line, UTF_8)).getBytes(UTF_8);
      }
    }
    return line;
  }

  private static String escape(String line) {
    var escaped = new StringBuilder(line.length() + 16);
    line.codePoints().forEach(character -> append(character, escaped));
    return escaped.toString();
  }

  private static void append(int character, StringBuilder escaped) {
    if (character >= DELETE && isInvisible(character)) {
      IntStream.range(0, Character.charCount(character))
          .map(i -> Character.toChars(character)[i])
          .forEach(unit -> escaped.append("\\u%04x".formatted(unit)));
    } else {
      escaped.appendCodePoint(character);
    }
  }

  private static boolean isInvisible(int character) {
    return switch (Character.getType(character)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      default -> false;
    };
  }
}
