package tokenbroker.config;

/** Foreign text as a message may hold it: on one line, in ASCII, and not for ever. */
final class QuotedText {

  private static final int LONGEST = 80;
  private static final int FIRST_BEYOND_ASCII = 0x7f;

  private QuotedText() {}

  /** Returns the text in quotes; whatever is not printable ASCII is escaped as in Java. */
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
