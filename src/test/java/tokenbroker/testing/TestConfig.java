package tokenbroker.testing;

import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import tokenbroker.config.BrokerConfig;

/** The broker's configuration: its defaults, and the settings of a test. */
public final class TestConfig {

  private TestConfig() {}

  public static BrokerConfig defaults() {
    return with(Map.of());
  }

  public static BrokerConfig with(String key, String value) {
    return with(Map.of(key, value));
  }

  public static BrokerConfig with(Map<String, String> settings) {
    return settings(settings).getConfigMapping(BrokerConfig.class);
  }

  /** Returns all settings, of which {@link BrokerConfig} is a part. */
  public static SmallRyeConfig settings(Map<String, String> settings) {
    return new SmallRyeConfigBuilder()
        .addDefaultInterceptors()
        .withConverter(Duration.class, 100, new DurationConverter())
        .withSources(new PropertiesConfigSource(new HashMap<>(settings), "test", 100))
        .withMapping(BrokerConfig.class)
        .build();
  }
}
