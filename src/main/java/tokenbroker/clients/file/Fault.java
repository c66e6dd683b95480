package tokenbroker.clients.file;

import tokenbroker.clients.Text;

/**
 * A fault in a file, and what to do about it.
 *
 * @param line counted from 1; 0 for the file as a whole
 */
public record Fault(int line, String message) {

  private static final int LONGEST = 80;

  /**
   * Returns foreign text in a form that is safe for a log: quoted, on one line and of limited
   * length.
   */
  public static String shown(String text) {
    return shown(text, LONGEST);
  }

  /** Returns foreign text in the same form, cut to a length of one's own. */
  public static String shown(String text, int longest) {
    var shown = new StringBuilder("\"");
    text.codePoints()
        .limit(longest)
        .map(c -> Text.isPrintable(c) ? c : '?')
        .forEach(shown::appendCodePoint);
    return shown.append(text.codePointCount(0, text.length()) > longest ? "…\"" : "\"").toString();
  }

  @Override
  public String toString() {
    return line == 0 ? message : "line " + line + ": " + message;
  }
}
