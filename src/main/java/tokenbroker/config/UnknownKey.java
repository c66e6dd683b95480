package tokenbroker.config;

import io.smallrye.config.ConfigValue;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A key that looks like the broker's and is not. It is most likely misspelt, so that the setting
 * that was meant has no effect.
 */
final class UnknownKey {

  /** More typing errors than this make another word. */
  private static final int MOST_ERRORS = 3;

  private UnknownKey() {}

  static String fault(String key, ConfigValue set) {
    var environment = SettingSource.isEnvironment(set.getConfigSourceName());
    // Its own name has the quotes that a variable writes as underscores.
    var asSet = environment ? set.getName() : key;
    var shown = environment ? SettingSource.variable(asSet) : asSet;
    var meant =
        similar(asSet)
            .map(it -> " Did you mean " + (environment ? SettingSource.variable(it) : it) + "?")
            .orElse("");
    return "%s is no setting of the broker: correct or remove it (docs/configuration.md lists all).%s"
        .formatted(shown, meant);
  }

  /** Returns the setting that is spelt most alike, or has the same last word at another place. */
  static Optional<String> similar(String key) {
    var asked = letters(key);
    var close =
        candidates(key)
            .filter(name -> errors(asked, letters(name)) <= MOST_ERRORS)
            .min(Comparator.comparingInt(name -> errors(asked, letters(name))));
    return close.or(
        () -> candidates(key).filter(name -> lastWord(name).equals(lastWord(key))).findFirst());
  }

  /** An environment variable does not tell a dash from a dot. */
  private static String letters(String key) {
    return key.replaceAll("[^a-z0-9]+", ".");
  }

  private static String lastWord(String key) {
    return key.substring(key.lastIndexOf('.') + 1);
  }

  /** All settings, those of a named thing with the name that the key has. */
  private static Stream<String> candidates(String key) {
    var parts = key.split("\\.", 4);
    var name = parts.length > 2 ? parts[2] : "<name>";
    return Settings.all().stream()
        .map(Setting::name)
        .filter(it -> it.startsWith(Settings.PREFIX))
        .map(it -> it.replace("<name>", name));
  }

  /** Counts the letters to insert, remove or replace (the distance of Levenshtein). */
  static int errors(String one, String other) {
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
