package tokenbroker.clients;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Functions for text from files, which may contain anything. */
public final class Text {

  private Text() {}

  /** Decodes UTF-8 strictly: a malformed sequence is an error, not a replacement character. */
  public static String utf8(byte[] bytes) throws CharacterCodingException {
    return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
  }

  public static boolean isPrintable(String text) {
    return text.codePoints().allMatch(Text::isPrintable);
  }

  /**
   * Returns whether a character is printable. It is no control or format character, no line break,
   * and no character that Unicode leaves undefined.
   */
  public static boolean isPrintable(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.PRIVATE_USE,
          Character.SURROGATE,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }
}
