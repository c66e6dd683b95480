package tokenbroker.config;

import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A configuration that has passed through the {@link SettingsGate}, as in the broker. */
record GatedConfig(SmallRyeConfig all, BrokerConfig bound) {

  static GatedConfig with(Map<String, String> properties) {
    return with(properties, Map.of());
  }

  static GatedConfig with(Map<String, String> properties, Map<String, String> environment) {
    return with(Map.of(), environment, properties);
  }

  /**
   * Returns the configuration with these settings in the three places. The first place has the
   * highest priority.
   */
  static GatedConfig with(
      Map<String, String> system, Map<String, String> environment, Map<String, String> file) {
    var all =
        new SmallRyeConfigBuilder()
            .addDefaultInterceptors()
            .withInterceptorFactories(new SettingsGate(), new MapKeys())
            .withConverter(Duration.class, 200, new DurationConverter())
            .withSources(new PropertiesConfigSource(system, "SysPropConfigSource", 400))
            .withSources(EnvironmentVariables.source(environment))
            .withSources(new PropertiesConfigSource(file, "test.properties", 250))
            .withMapping(BrokerConfig.class)
            .withMappingIgnore("broker.**")
            .build();
    return new GatedConfig(all, all.getConfigMapping(BrokerConfig.class));
  }

  List<String> faults() {
    return List.copyOf(SettingsFaults.of(all, bound).values());
  }
}
