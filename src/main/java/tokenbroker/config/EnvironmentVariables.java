package tokenbroker.config;

import io.smallrye.config.DotEnvConfigSourceProvider;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.config.SmallRyeConfigBuilderCustomizer;
import io.smallrye.config.SysPropConfigSource;
import java.util.HashMap;
import java.util.Map;

/**
 * Environment variables as operators mean them: an empty one is not set, and newlines at the end of
 * a value are no part of it. The configuration library ends the start at the first empty one that
 * it cannot convert, whatever else is wrong.
 */
public final class EnvironmentVariables implements SmallRyeConfigBuilderCustomizer {

  @Override
  public void configBuilder(SmallRyeConfigBuilder builder) {
    if (!builder.isAddDefaultSources()) {
      return;
    }
    // The library's own source cannot be removed from its default ones, so this is the list anew.
    builder
        .setAddDefaultSources(false)
        .addPropertiesSources()
        .withSources(new SysPropConfigSource(), source(System.getenv()))
        .withSources(new DotEnvConfigSourceProvider());
  }

  /** After all others, which ask for the default sources. */
  @Override
  public int priority() {
    return Integer.MAX_VALUE;
  }

  static EnvConfigSource source(Map<String, String> environment) {
    var meant = new HashMap<String, String>();
    environment.forEach(
        (name, value) -> {
          var text = withoutNewlines(value);
          if (!text.isBlank()) {
            meant.put(name, text);
          }
        });
    return new EnvConfigSource(meant, EnvConfigSource.ORDINAL);
  }

  private static String withoutNewlines(String value) {
    var end = value.length();
    while (end > 0 && (value.charAt(end - 1) == '\n' || value.charAt(end - 1) == '\r')) {
      end--;
    }
    return value.substring(0, end);
  }
}
