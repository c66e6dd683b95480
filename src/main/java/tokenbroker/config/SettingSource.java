package tokenbroker.config;

import io.smallrye.config.ConfigValue;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Where a value was set, in words that an operator knows. */
final class SettingSource {

  private SettingSource() {}

  static String of(ConfigValue value) {
    var source = value.getConfigSourceName();
    if (isEnvironment(source)) {
      return "environment variable " + variable(value.getName());
    }
    if (source != null && source.startsWith("SysPropConfigSource")) {
      return "system property";
    }
    return source == null ? "default" : source.replaceAll("^.*\\[source=(.*)]$", "$1");
  }

  static boolean isEnvironment(@Nullable String source) {
    return source != null && source.startsWith("EnvConfigSource");
  }

  /** By the rule of MicroProfile Config. */
  static String variable(String key) {
    return key.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
  }
}
