package tokenbroker.clients.file;

import tokenbroker.clients.Text;

/**
 * What is wrong in a file, and what to do about it.
 *
 * @param line counted from 1; 0 where the file as a whole is meant
 */
public record Fault(int line, String message) {

  private static final int LONGEST = 80;

  /** Foreign text as a log may hold it: on one line and not for ever. */
  public static String shown(String text) {
    var shown = new StringBuilder("\"");
    text.codePoints()
        .limit(LONGEST)
        .map(c -> Text.isPrintable(c) ? c : '?')
        .forEach(shown::appendCodePoint);
    return shown.append(text.codePointCount(0, text.length()) > LONGEST ? "…\"" : "\"").toString();
  }

  @Override
  public String toString() {
    return line == 0 ? message : "line " + line + ": " + message;
  }
}
