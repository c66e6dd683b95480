package tokenbroker.config;

import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.config.SmallRyeConfig;
import java.net.URI;
import java.util.List;
import java.util.TreeMap;

/** The settings that an operator has changed. */
public final class ChangedSettings {

  private static final String HIDDEN = "(hidden)";

  private ChangedSettings() {}

  /**
   * A setting whose value differs from the default.
   *
   * @param value the value as it was set; of a URL only the scheme and the host, because the rest
   *     may contain a password
   * @param source where it was set, such as {@code environment variable BROKER_STORE}
   */
  @RegisterForReflection
  public record Changed(String name, String value, String source) {}

  /** Returns the changed settings in the order of their names. */
  public static List<Changed> in(SmallRyeConfig config) {
    var changed = new TreeMap<String, Changed>();
    for (var name : config.getPropertyNames()) {
      var setting = Settings.find(name).orElse(null);
      var set = config.getConfigValue(name);
      var value = set.getValue();
      if (setting != null && value != null && !value.equals(setting.defaultValue())) {
        var plain = name.replace("\"", "");
        changed.put(plain, new Changed(plain, shown(setting, value), SettingSource.of(set)));
      }
    }
    return List.copyOf(changed.values());
  }

  private static String shown(Setting setting, String value) {
    if (value.contains("://")) {
      return host(value);
    }
    return setting.type().isSecret() || ValueType.looksLikeKey(value) ? HIDDEN : value;
  }

  private static String host(String value) {
    try {
      var url = URI.create(value.strip());
      if (url.getScheme() == null || url.getHost() == null) {
        return HIDDEN;
      }
      var port = url.getPort() < 0 ? "" : ":" + url.getPort();
      return url.getScheme() + "://" + url.getHost() + port;
    } catch (IllegalArgumentException _) {
      return HIDDEN; // Such as several addresses separated by commas.
    }
  }
}
