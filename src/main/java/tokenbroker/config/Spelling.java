package tokenbroker.config;

/** Compares the spelling of names, to suggest the one that was meant. */
public final class Spelling {

  /** The maximum number of typing errors for which two names count as similar. */
  public static final int MOST_ERRORS = 3;

  private Spelling() {}

  /** Returns the Levenshtein distance: the number of letters to insert, remove or replace. */
  public static int errors(String one, String other) {
    var row = new int[other.length() + 1];
    for (var i = 0; i < row.length; i++) {
      row[i] = i;
    }
    for (var i = 1; i <= one.length(); i++) {
      var diagonal = row[0];
      row[0] = i;
      for (var j = 1; j < row.length; j++) {
        var replaced = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[other.length()];
  }
}
