package tokenbroker.config;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The settings that the broker checks: all settings of {@link BrokerConfig}, and those of {@link
 * QuarkusSettings}.
 */
final class Settings {

  static final String PREFIX = BrokerConfig.class.getAnnotation(ConfigMapping.class).prefix() + ".";

  private static final String ANY_NAME = "<name>";

  /** Matches a name chosen by the operator. The configuration library sometimes quotes it. */
  private static final String NAME_PATTERN = "(?:\"[^\"]+\"|[^.\"]+)";

  /** Matches the index of a list element. The configuration library accepts such keys as well. */
  private static final String ELEMENT_PATTERN = "(?:\\[[0-9]+])?";

  /** Filled when the class is loaded. For a native executable, that is at build time. */
  private static final Map<String, Setting> BY_NAME = new LinkedHashMap<>();

  private static final Map<Pattern, Setting> BY_PATTERN = new LinkedHashMap<>();

  static {
    add(PREFIX, BrokerConfig.class);
    QuarkusSettings.ALL.forEach(setting -> BY_NAME.put(setting.name(), setting));
    BY_NAME.forEach(
        (name, setting) -> {
          if (name.contains(ANY_NAME)) {
            BY_PATTERN.put(pattern(setting), setting);
          }
        });
  }

  private Settings() {}

  /** Returns all settings. Their order is that of the declarations, if the JVM preserves it. */
  static List<Setting> all() {
    return List.copyOf(BY_NAME.values());
  }

  static Optional<Setting> find(String key) {
    var setting = BY_NAME.get(key);
    if (setting != null || !key.startsWith(PREFIX)) {
      return Optional.ofNullable(setting);
    }
    return BY_PATTERN.entrySet().stream()
        .filter(entry -> entry.getKey().matcher(key).matches())
        .map(Map.Entry::getValue)
        .findAny();
  }

  private static void add(String prefix, Class<?> mapping) {
    for (var method : mapping.getMethods()) {
      var name = prefix + kebabCase(method.getName());
      var type = method.getGenericReturnType();
      if (type instanceof ParameterizedType map && map.getRawType() == Map.class) {
        add(name + "." + ANY_NAME + ".", (Class<?>) map.getActualTypeArguments()[1]);
      } else if (isGroup(type)) {
        add(name + ".", (Class<?>) type);
      } else {
        BY_NAME.put(name, setting(name, method));
      }
    }
  }

  private static boolean isGroup(Type type) {
    return type instanceof Class<?> group
        && group.getEnclosingClass() == BrokerConfig.class
        && group.isInterface();
  }

  private static Setting setting(String name, Method method) {
    var type = ValueType.of(method.getGenericReturnType());
    var given = method.getAnnotation(WithDefault.class);
    var range = method.getAnnotation(Range.class);
    return new Setting(
        name,
        type,
        given == null ? null : given.value(),
        range == null ? null : new Setting.Bounds(range.min(), range.max()));
  }

  private static Pattern pattern(Setting setting) {
    var name = Pattern.quote(setting.name()).replace(ANY_NAME, "\\E" + NAME_PATTERN + "\\Q");
    return Pattern.compile(setting.type().equals(ValueType.LIST) ? name + ELEMENT_PATTERN : name);
  }

  private static String kebabCase(String camelCase) {
    return camelCase.replaceAll("(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
  }
}
