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
            .filter(name -> Spelling.errors(asked, letters(name)) <= Spelling.MOST_ERRORS)
            .min(Comparator.comparingInt(name -> Spelling.errors(asked, letters(name))));
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
}
