package tokenbroker.callers;

import io.smallrye.jwt.algorithm.SignatureAlgorithm;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tokenbroker.config.BrokerConfig;
import tokenbroker.outbound.Egress;
import tokenbroker.time.Ticker;

/** The issuers whose callers are admitted, by their exact {@code iss}. */
@Singleton
public class Issuers {

  private final Map<String, Issuer> byIssuer;
  private final List<String> faults = new ArrayList<>();

  @Inject
  Issuers(BrokerConfig config, CallerMetrics metrics, Ticker ticker, Egress egress) {
    this(config, metrics, ticker, egress, UnaryOperator.identity());
  }

  private Issuers(
      BrokerConfig config,
      CallerMetrics metrics,
      Ticker ticker,
      Egress egress,
      UnaryOperator<IssuerSettings> changed) {
    if (config.issuers().isEmpty()) {
      faults.add(
          "no issuer is configured, so no caller could be verified: set broker.issuers.<name>.issuer and .keys");
    }
    var readFilesEvery = config.clients().reloadEvery();
    this.byIssuer =
        IssuerSettings.read(config.issuers(), faults).stream()
            .map(changed)
            .collect(
                Collectors.toUnmodifiableMap(
                    IssuerSettings::issuer,
                    settings -> new Issuer(settings, readFilesEvery, metrics, ticker, egress)));
  }

  /** Returns the same issuers for checks without the network: no API server reviews their JWTs. */
  static Issuers withoutReviews(BrokerConfig config, CallerMetrics metrics, Ticker ticker) {
    return new Issuers(config, metrics, ticker, new Egress(config), IssuerSettings::withoutReview);
  }

  /** Returns the faults of the configuration, each with its fix. */
  public List<String> faults() {
    return List.copyOf(faults);
  }

  /**
   * Reads the keys of all issuers for which a read is due, concurrently. So no issuer waits for
   * another's network or fails through another's fault. Blocks until all are read.
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

  /** Reads the keys of the issuers that have them in files. It never uses the network. */
  void readKeyFiles() {
    byIssuer.values().stream().filter(Issuer::hasKeysInFile).forEach(Issuer::readIfDue);
  }

  /** Returns the state of each issuer's keys, in the order of the issuers' names. */
  public List<KeysStatus> statuses() {
    return byIssuer.values().stream()
        .map(Issuer::status)
        .sorted(Comparator.comparing(KeysStatus::issuer))
        .toList();
  }

  /** Returns the signature algorithms that any issuer may use, as JWTs name them, sorted. */
  public List<String> algorithms() {
    return byIssuer.values().stream()
        .flatMap(issuer -> issuer.settings().algorithms().stream())
        .map(SignatureAlgorithm::getAlgorithm)
        .distinct()
        .sorted()
        .toList();
  }

  Optional<Issuer> find(@Nullable String issuer) {
    return issuer == null ? Optional.empty() : Optional.ofNullable(byIssuer.get(issuer));
  }

  /** Returns every configured {@code iss}, sorted. */
  List<String> names() {
    return byIssuer.keySet().stream().sorted().toList();
  }
}
