package tokenbroker.check;

import io.quarkus.runtime.configuration.AbstractConfigBuilder;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;

/** The settings of the packaged broker. */
final class PackagedSettings {

  /**
   * The class that Quarkus generates to read the settings at the start. Quarkus has no other API
   * for this, and loads the class by its name as well.
   */
  private static final String READER = "io.quarkus.runtime.generated.RunTimeConfig";

  private PackagedSettings() {}

  /**
   * Reads the settings from the same sources as the start of the broker.
   *
   * @throws RuntimeException if a setting of Quarkus is malformed; the message names it
   */
  static SmallRyeConfig read() {
    var builder = new SmallRyeConfigBuilder();
    AbstractConfigBuilder.withCustomizer(builder, READER);
    return builder.build();
  }
}
