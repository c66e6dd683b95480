package tokenbroker.check;

import io.smallrye.config.SmallRyeConfig;
import java.nio.file.Path;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tokenbroker.config.BrokerConfig;

/** What the options and the settings say about the input. It reads the settings only if needed. */
final class Inputs {

  private final Options options;
  private final Supplier<SmallRyeConfig> source;
  private final Report report;

  private @Nullable SmallRyeConfig settings;

  Inputs(Options options, Supplier<SmallRyeConfig> source, Report report) {
    this.options = options;
    this.source = source;
    this.report = report;
  }

  /**
   * Returns all settings.
   *
   * @throws SettingsUnreadable if there is a value that cannot be read at all
   */
  SmallRyeConfig settings() {
    if (settings == null) {
      try {
        settings = source.get();
      } catch (RuntimeException e) {
        throw new SettingsUnreadable(e);
      }
    }
    return settings;
  }

  BrokerConfig config() {
    return settings().getConfigMapping(BrokerConfig.class);
  }

  Path clientsFile() {
    var file = options.clients();
    return file == null ? config().clients().file() : file;
  }

  /**
   * Returns the names that rules may use for issuers, or null if neither the options nor the
   * settings name any. Then it prints that the names are not checked.
   */
  @Nullable Set<String> issuers() {
    var named = options.issuers();
    var issuers = named == null ? config().issuers().keySet() : named;
    if (issuers.isEmpty()) {
      report.line("No issuer is configured, so any issuer's name is accepted (see --issuers).");
      return null;
    }
    return issuers;
  }
}
