package tokenbroker.config;

import io.smallrye.config.ConfigValue;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The place where a value was set, as a message shows it to an operator. */
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

  /** Returns the environment variable of a key, according to the rule of MicroProfile Config. */
  static String variable(String key) {
    return key.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
  }
}
