package tokenbroker.config;

import io.smallrye.config.DotEnvConfigSourceProvider;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.config.SmallRyeConfigBuilderCustomizer;
import io.smallrye.config.SysPropConfigSource;
import java.util.HashMap;
import java.util.Map;

/**
 * A source of environment variables that ignores empty variables, and newlines at the end of a
 * value. Without it, the configuration library stops the start at the first empty variable that it
 * cannot convert. The operator would then not see the other faults.
 */
public final class EnvironmentVariables implements SmallRyeConfigBuilderCustomizer {

  @Override
  public void configBuilder(SmallRyeConfigBuilder builder) {
    if (!builder.isAddDefaultSources()) {
      return;
    }
    // The library cannot remove its own source of variables, so this repeats its default list.
    builder
        .setAddDefaultSources(false)
        .addPropertiesSources()
        .withSources(new SysPropConfigSource(), source(System.getenv()))
        .withSources(new DotEnvConfigSourceProvider());
  }

  /** Runs after all other customizers, because some of them add the default sources. */
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
