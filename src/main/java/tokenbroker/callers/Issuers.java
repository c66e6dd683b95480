package tokenbroker.callers;

import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tokenbroker.config.BrokerConfig;
import tokenbroker.time.Ticker;

/** The issuers whose callers are let in, by their exact {@code iss}. */
@Singleton
public class Issuers {

  private final Map<String, Issuer> byIssuer;
  private final List<String> faults = new ArrayList<>();

  Issuers(BrokerConfig config, CallerMetrics metrics, Ticker ticker) {
    if (config.issuers().isEmpty()) {
      faults.add(
          "no issuer is configured, so nobody could call: set broker.issuers.<name>.issuer and .keys");
    }
    var readFilesEvery = config.clients().reloadEvery();
    this.byIssuer =
        IssuerSettings.read(config.issuers(), faults).stream()
            .collect(
                Collectors.toUnmodifiableMap(
                    IssuerSettings::issuer,
                    settings -> new Issuer(settings, readFilesEvery, metrics, ticker)));
  }

  /** What is wrong with the configuration, each with its fix. */
  public List<String> faults() {
    return List.copyOf(faults);
  }

  /**
   * Reads the keys of all issuers that are due, at the same time: none waits for another's network
   * or ends with another's fault. Blocks until all are read.
   */
  public void readKeysIfDue() {
    var due = byIssuer.values().stream().filter(Issuer::isDue).toList();
    if (due.isEmpty()) {
      return;
    }
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      due.forEach(issuer -> threads.execute(issuer::readIfDue));
    }
  }

  /** How the keys of each issuer are, in the order of the issuers' names. */
  public List<KeysStatus> statuses() {
    return byIssuer.values().stream()
        .map(Issuer::status)
        .sorted(Comparator.comparing(KeysStatus::issuer))
        .toList();
  }

  Optional<Issuer> find(@Nullable String issuer) {
    return issuer == null ? Optional.empty() : Optional.ofNullable(byIssuer.get(issuer));
  }

  /** Every {@code iss} that is configured, in order. */
  List<String> names() {
    return byIssuer.keySet().stream().sorted().toList();
  }
}
