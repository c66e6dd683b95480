package tokenbroker.callers;

import io.smallrye.jwt.algorithm.SignatureAlgorithm;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tokenbroker.config.BrokerConfig;

/**
 * The checked configuration of one issuer.
 *
 * @param name the issuer's name in {@code clients.yaml}
 * @param issuer the exact {@code iss}
 * @param keys the location of its keys; never {@link KeysLocation.Faulty}
 * @param review null if no API server reviews its JWTs
 */
record IssuerSettings(
    String name,
    String issuer,
    KeysLocation keys,
    @Nullable Path tokenFile,
    @Nullable Path caFile,
    String audience,
    Set<SignatureAlgorithm> algorithms,
    @Nullable ReviewSettings review) {

  /**
   * Returns all issuers with a valid configuration. The faults of the others are added to {@code
   * faults}.
   */
  static List<IssuerSettings> read(
      Map<String, BrokerConfig.Issuer> configured, List<String> faults) {
    var issuers = new ArrayList<IssuerSettings>();
    var names = new HashMap<String, String>();
    configured.forEach(
        (name, config) -> {
          var found = new ArrayList<String>();
          var settings = read(name, config, found);
          var twin = names.putIfAbsent(settings.issuer, name);
          if (twin != null && !settings.issuer.isEmpty()) {
            found.add(
                "issuers " + twin + " and " + name + " have the same iss: remove one of them");
          }
          faults.addAll(found);
          if (found.isEmpty()) {
            issuers.add(settings);
          }
        });
    return issuers;
  }

  /**
   * Returns the same issuer with only this one of its algorithms; with none if the algorithm is not
   * among them.
   */
  IssuerSettings withOnly(@Nullable String algorithm) {
    var only =
        algorithms.stream()
            .filter(each -> each.getAlgorithm().equals(algorithm))
            .collect(Collectors.toUnmodifiableSet());
    return new IssuerSettings(name, issuer, keys, tokenFile, caFile, audience, only, review);
  }

  /** Returns the same issuer without reviews of its JWTs. */
  IssuerSettings withoutReview() {
    return new IssuerSettings(
        name, issuer, keys, tokenFile, caFile, audience, algorithms, /* review= */ null);
  }

  private static IssuerSettings read(String name, BrokerConfig.Issuer config, List<String> faults) {
    var key = "broker.issuers." + name;
    var issuer = config.issuer().orElse("");
    if (issuer.isBlank()) {
      faults.add(key + ".issuer is missing: set it to the exact iss of the callers' JWTs");
    }
    var keys = location(key + ".keys", config.keys().orElse(""), faults);
    return new IssuerSettings(
        name,
        issuer,
        keys,
        config.keysTokenFile().orElse(null),
        config.keysCaFile().orElse(null),
        config.audience(),
        algorithms(key, config.algorithms(), faults),
        ReviewSettings.read(key, config, keys, faults));
  }

  private static KeysLocation location(String key, String text, List<String> faults) {
    if (text.isBlank()) {
      faults.add(key + " is missing: set it to a JWKS URL, or to a file with a JWKS or PEM key");
      return new KeysLocation.Faulty("is missing");
    }
    var location = KeysLocation.parse(text.strip());
    if (location instanceof KeysLocation.Faulty(var fault)) {
      // A user name may be followed by a password, so a text with an @ is not quoted.
      faults.add(
          key + (text.contains("@") ? " " : " is " + QuotedClaim.of(text) + ", which ") + fault);
    }
    return location;
  }

  private static Set<SignatureAlgorithm> algorithms(
      String key, List<String> names, List<String> faults) {
    var algorithms = new LinkedHashSet<SignatureAlgorithm>();
    for (var name : names) {
      var algorithm = algorithm(name.strip());
      if (algorithm.isPresent()) {
        algorithms.add(algorithm.get());
      } else {
        faults.add(
            key
                + ".algorithms contains "
                + QuotedClaim.of(name)
                + ", which is not allowed: use RS256, RS384, RS512, PS256, PS384, PS512, ES256,"
                + " ES384 or ES512");
      }
    }
    return algorithms;
  }

  /** Returns the algorithm, or empty if it is unknown or needs a shared secret. */
  private static Optional<SignatureAlgorithm> algorithm(String name) {
    try {
      return name.matches("(RS|PS|ES)(256|384|512)")
          ? Optional.of(SignatureAlgorithm.fromAlgorithm(name))
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
