package tokenbroker.startup;

import io.smallrye.config.ConfigMappings;
import io.smallrye.config.ConfigMappings.ConfigClass;
import java.util.List;
import java.util.stream.StreamSupport;
import org.eclipse.microprofile.config.Config;
import tokenbroker.config.BrokerConfig;

/**
 * Keys that look like the broker's and are not: most likely misspelt, so that the setting meant
 * does not hold.
 */
final class UnknownKeys {

  private static final String PREFIX = "broker.";

  private UnknownKeys() {}

  static List<String> faults(Config config) {
    var known =
        ConfigMappings.propertyNamesMatcher(List.of(ConfigClass.configClass(BrokerConfig.class)));
    return StreamSupport.stream(config.getPropertyNames().spliterator(), false)
        .filter(name -> name.startsWith(PREFIX) && !known.matches(name))
        .sorted()
        .map(
            name ->
                name
                    + " is no setting of the broker: correct or remove it (docs/configuration.md lists all)")
        .toList();
  }
}
