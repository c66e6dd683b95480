package tokenbroker.callers;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import tokenbroker.callers.Verification.Overloaded;
import tokenbroker.callers.Verification.Refused;
import tokenbroker.callers.Verification.Unavailable;
import tokenbroker.callers.Verification.Unreviewed;
import tokenbroker.callers.Verification.Verified;
import tokenbroker.config.BrokerConfig;
import tokenbroker.time.Ticker;

/**
 * Authenticates callers as {@link VerifiedCallers} does, but without the network: only with keys in
 * files, and without reviews. Its findings are for people who ask why a caller has no access. They
 * never admit a caller.
 */
public final class OfflineCallers {

  private final Issuers issuers;
  private final VerifiedCallers verifier;
  private final Clock clock;

  /** Creates the verifier and reads the key files. */
  public OfflineCallers(BrokerConfig config, Clock clock) {
    var ticker = Ticker.system();
    var metrics = new CallerMetrics(new SimpleMeterRegistry());
    this.issuers = Issuers.withoutReviews(config, metrics, ticker);
    this.verifier =
        new VerifiedCallers(issuers, Set::of, metrics, clock, ticker, /* remembered= */ 1);
    this.clock = clock;
    issuers.readKeyFiles();
  }

  /** What a JWT says about its caller, and whether the broker would accept it. */
  public sealed interface Finding {

    /** The broker accepts the JWT. */
    record Accepted(Caller caller) implements Finding {}

    /**
     * The claims are in order, but the signature could not be checked.
     *
     * @param reason why not
     */
    record Unchecked(Caller caller, String reason) implements Finding {}

    /**
     * The broker does not accept the JWT.
     *
     * @param reason what the JWT has and what the broker requires; never the JWT
     * @param claimed the caller that the JWT names; empty if that is unknown
     */
    record Rejected(String reason, Optional<Caller> claimed) implements Finding {}
  }

  /** Returns the faults of the issuers' settings, each with its fix. */
  public List<String> faults() {
    return issuers.faults();
  }

  /**
   * Returns the faults of the key files. The broker starts with them, and reads the files again.
   */
  public List<String> faultsOfKeyFiles() {
    return issuers.statuses().stream()
        .filter(status -> status.failure().isPresent())
        .map(
            status ->
                "the keys of issuer %s cannot be read, so its callers get 503: %s"
                    .formatted(status.issuer(), status.failure().get()))
        .toList();
  }

  /** Verifies a JWT as far as that is possible without the network. */
  public Finding verify(String jwt) {
    return switch (verifier.verify(jwt)) {
      case Verified _ -> new Finding.Accepted(claimed(jwt).orElseThrow());
      case Refused refused -> new Finding.Rejected(refused.difference(), claimed(jwt));
      case Unavailable _ -> withoutKeys(UnverifiedJwt.parse(jwt).orElseThrow());
      case Unreviewed _, Overloaded _ ->
          throw new IllegalStateException("there are no reviews and no other callers");
    };
  }

  private Finding withoutKeys(UnverifiedJwt jwt) {
    var issuer = issuers.find(jwt.issuer()).orElseThrow();
    var now = clock.instant();
    var refused =
        Refusals.unsupported(jwt, issuer)
            .or(
                () ->
                    jwt.refusal(issuer.settings().audience(), now)
                        .map(reason -> Refusals.verified(reason, jwt, issuer, now)));
    if (refused.isPresent()) {
      return new Finding.Rejected(refused.get().difference(), caller(jwt, issuer));
    }
    var reason =
        issuer.hasKeysInFile()
            ? issuer.status().failure().orElse("its file has not been read")
            : "they are at a URL, and this command does not use the network";
    return new Finding.Unchecked(
        caller(jwt, issuer).orElseThrow(),
        "the keys of issuer %s cannot be read: %s".formatted(issuer.settings().name(), reason));
  }

  private Optional<Caller> claimed(String jwt) {
    return UnverifiedJwt.parse(jwt)
        .flatMap(it -> issuers.find(it.issuer()).flatMap(issuer -> caller(it, issuer)));
  }

  /** Returns the caller with all groups, not only those that rules name. */
  private static Optional<Caller> caller(UnverifiedJwt jwt, Issuer issuer) {
    return jwt.oddClaim() == null
        ? Optional.of(
            new Caller(
                issuer.settings().name(), Objects.requireNonNull(jwt.subject()), jwt.groups()))
        : Optional.empty();
  }
}
