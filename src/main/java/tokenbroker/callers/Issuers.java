package tokenbroker.callers;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tokenbroker.config.BrokerConfig;

/** The issuers whose callers are let in, by their exact {@code iss}. */
@Singleton
public class Issuers {

  private final Map<String, Issuer> byIssuer;
  private final List<String> faults = new ArrayList<>();

  Issuers(BrokerConfig config, CallerMetrics metrics, Clock clock) {
    if (config.issuers().isEmpty()) {
      faults.add(
          "no issuer is configured, so nobody could call: set broker.issuers.<name>.issuer and .keys");
    }
    this.byIssuer =
        IssuerSettings.read(config.issuers(), faults).stream()
            .collect(
                Collectors.toUnmodifiableMap(
                    IssuerSettings::issuer, settings -> new Issuer(settings, metrics, clock)));
  }

  /** What is wrong with the configuration, each with its fix. */
  public List<String> faults() {
    return List.copyOf(faults);
  }

  /** Reads the keys of each issuer that is due. Blocks for those. */
  public void readKeysIfDue() {
    byIssuer.values().forEach(Issuer::readIfDue);
  }

  /** The issuers whose keys were never at hand: their callers cannot be verified yet. */
  public List<String> withoutKeys() {
    return byIssuer.values().stream()
        .filter(issuer -> !issuer.hasKeys())
        .map(Issuer::name)
        .sorted()
        .toList();
  }

  Optional<Issuer> find(@Nullable String issuer) {
    return issuer == null ? Optional.empty() : Optional.ofNullable(byIssuer.get(issuer));
  }
}
