package tokenbroker.config;

/** Quotes untrusted text for a message, as one line of ASCII of limited length. */
final class QuotedText {

  private static final int LONGEST = 80;
  private static final int FIRST_BEYOND_ASCII = 0x7f;

  private QuotedText() {}

  /**
   * Returns the first 80 characters of the text in quotes. Characters other than printable ASCII
   * are escaped as in Java.
   */
  static String text(String text) {
    var shown = new StringBuilder("\"");
    text.chars()
        .limit(LONGEST)
        .forEach(
            c -> {
              if (c >= ' ' && c < FIRST_BEYOND_ASCII) {
                shown.append((char) c);
              } else {
                shown.append("\\u%04x".formatted(c));
              }
            });
    return shown.append(text.length() > LONGEST ? "...\"" : "\"").toString();
  }
}
