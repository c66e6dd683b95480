package tokenbroker.config;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A key with a name of the operator's choice in it, such as {@code broker.issuers.corp.keys}.
 *
 * @param prefix such as {@code broker.issuers.}
 * @param name without quotes
 * @param rest such as {@code .keys}
 */
record MapKey(String prefix, String name, String rest) {

  private static final String ANY_NAME = "<name>";

  /** All maps of {@link BrokerConfig}. */
  private static final Pattern PATTERN =
      Pattern.compile(
          Settings.all().stream()
              .map(Setting::name)
              .filter(it -> it.contains(ANY_NAME))
              .map(it -> Pattern.quote(it.substring(0, it.indexOf(ANY_NAME))))
              .distinct()
              .collect(Collectors.joining("|", "(", ")(\"[^\"]+\"|[^.\"]+)([.].+)")));

  static Optional<MapKey> of(String key) {
    // Most keys are others.
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

  /** The one spelling of this key that the broker uses: without quotes if they are not needed. */
  String canonical() {
    return name.contains(".") ? quoted() : prefix + name + rest;
  }

  String quoted() {
    return prefix + '"' + name + '"' + rest;
  }

  /** What is left of the name in an environment variable. Names that agree in it are the same. */
  String nameInVariable() {
    return prefix + name.replaceAll("[^A-Za-z0-9]", "_").toLowerCase(Locale.ROOT);
  }
}
