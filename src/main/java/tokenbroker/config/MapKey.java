package tokenbroker.config;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A key that contains a name chosen by the operator, such as {@code broker.issuers.corp.keys}.
 *
 * @param prefix such as {@code broker.issuers.}
 * @param name without quotes
 * @param rest such as {@code .keys}
 */
record MapKey(String prefix, String name, String rest) {

  private static final String ANY_NAME = "<name>";

  /** Matches the keys of all maps of {@link BrokerConfig}. */
  private static final Pattern PATTERN =
      Pattern.compile(
          Settings.all().stream()
              .map(Setting::name)
              .filter(it -> it.contains(ANY_NAME))
              .map(it -> Pattern.quote(it.substring(0, it.indexOf(ANY_NAME))))
              .distinct()
              .collect(Collectors.joining("|", "(", ")(\"[^\"]+\"|[^.\"]+)([.].+)")));

  static Optional<MapKey> of(String key) {
    // Fast path: most keys do not belong to the broker.
    if (!key.startsWith(Settings.PREFIX)) {
      return Optional.empty();
    }
    var matcher = PATTERN.matcher(key);
    return matcher.matches()
        ? Optional.of(
            new MapKey(matcher.group(1), matcher.group(2).replace("\"", ""), matcher.group(3)))
        : Optional.empty();
  }

  MapKey withName(String other) {
    return new MapKey(prefix, other, rest);
  }

  /** Returns the canonical spelling of this key, with quotes only if the name needs them. */
  String canonical() {
    return name.contains(".") ? quoted() : prefix + name + rest;
  }

  String quoted() {
    return prefix + '"' + name + '"' + rest;
  }

  /**
   * Returns the prefix and the name as an environment variable spells them, in lower case. Names
   * with the same result cannot be distinguished in a variable.
   */
  String nameInVariable() {
    return prefix + name.replaceAll("[^A-Za-z0-9]", "_").toLowerCase(Locale.ROOT);
  }
}
