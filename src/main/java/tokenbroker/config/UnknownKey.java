package tokenbroker.config;

import io.smallrye.config.ConfigValue;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The message about a {@code broker.*} key that does not exist. Such a key is most likely misspelt,
 * and the intended setting has no effect.
 */
final class UnknownKey {

  /** The maximum number of typing errors for which a setting counts as similar. */
  private static final int MOST_ERRORS = 3;

  private UnknownKey() {}

  static String fault(String key, ConfigValue set) {
    var environment = SettingSource.isEnvironment(set.getConfigSourceName());
    // The name in the value contains the quotes for which a variable has underscores.
    var asSet = environment ? set.getName() : key;
    var shown = environment ? SettingSource.variable(asSet) : asSet;
    var meant =
        similar(asSet)
            .map(it -> " Did you mean " + (environment ? SettingSource.variable(it) : it) + "?")
            .orElse("");
    return "%s is not a setting of the broker: correct or remove it (docs/configuration.md lists all settings).%s"
        .formatted(shown, meant);
  }

  /** Returns the setting with the most similar spelling, or else one with the same last word. */
  static Optional<String> similar(String key) {
    var asked = letters(key);
    var close =
        candidates(key)
            .filter(name -> errors(asked, letters(name)) <= MOST_ERRORS)
            .min(Comparator.comparingInt(name -> errors(asked, letters(name))));
    return close.or(
        () -> candidates(key).filter(name -> lastWord(name).equals(lastWord(key))).findFirst());
  }

  /** Replaces separators by dots, because an environment variable cannot distinguish them. */
  private static String letters(String key) {
    return key.replaceAll("[^a-z0-9]+", ".");
  }

  private static String lastWord(String key) {
    return key.substring(key.lastIndexOf('.') + 1);
  }

  /** Returns the names of all settings, with {@code <name>} replaced by the name in the key. */
  private static Stream<String> candidates(String key) {
    var parts = key.split("\\.", 4);
    var name = parts.length > 2 ? parts[2] : "<name>";
    return Settings.all().stream()
        .map(Setting::name)
        .filter(it -> it.startsWith(Settings.PREFIX))
        .map(it -> it.replace("<name>", name));
  }

  /** Returns the Levenshtein distance: the number of letters to insert, remove or replace. */
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
