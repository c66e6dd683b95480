package tokenbroker.callers;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tokenbroker.config.BrokerConfig;
import tokenbroker.config.BrokerConfig.Unreviewed;

/**
 * The settings for reviews of an issuer's JWTs by a Kubernetes API server.
 *
 * @param url the URL at which reviews are created
 * @param tokenFile the file with the broker's own bearer token for it
 * @param caFile null to trust the JVM's authorities
 * @param unreviewed what to do with JWTs that cannot be reviewed
 */
record ReviewSettings(URI url, Path tokenFile, @Nullable Path caFile, Unreviewed unreviewed) {

  private static final String REVIEWS = "/apis/authentication.k8s.io/v1/tokenreviews";
  private static final String KEYS = "/openid/v1/jwks";
  private static final String IN_CLUSTER = "https://kubernetes.default.svc";
  private static final Path IN_POD = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

  /**
   * Reads the settings. If the server also publishes the issuer's keys, it gets the same token and
   * is trusted by the same authorities. No other server ever gets that token.
   *
   * @return null if reviews are off or the settings are wrong
   */
  static @Nullable ReviewSettings read(
      String key, BrokerConfig.Issuer config, KeysLocation keys, List<String> faults) {
    if (!config.tokenReview()) {
      return null;
    }
    var server = server(key + ".token-review-api-server", config, keys, faults);
    if (server == null) {
      return null;
    }
    var asForKeys =
        keys instanceof KeysLocation.Url(var url)
            && url.getRawAuthority().equalsIgnoreCase(server.getRawAuthority());
    var inPod = server.toString().equals(IN_CLUSTER);
    var token =
        config
            .tokenReviewTokenFile()
            .or(() -> asForKeys ? config.keysTokenFile() : Optional.empty())
            .or(() -> inPod ? Optional.of(IN_POD.resolve("token")) : Optional.empty());
    var ca =
        config
            .tokenReviewCaFile()
            .or(() -> asForKeys ? config.keysCaFile() : Optional.empty())
            .or(
                () ->
                    inPod && !asForKeys ? Optional.of(IN_POD.resolve("ca.crt")) : Optional.empty());
    if (token.isEmpty()) {
      faults.add(
          key
              + ".token-review-token-file is missing: set it to a file with a bearer token, because the API server reviews"
              + " tokens only for authenticated clients");
      return null;
    }
    return new ReviewSettings(
        URI.create(server + REVIEWS),
        token.get(),
        ca.orElse(null),
        config.tokenReviewUnavailable());
  }

  /** Returns the server's address without a trailing slash, or null if it is invalid. */
  private static @Nullable URI server(
      String key, BrokerConfig.Issuer config, KeysLocation keys, List<String> faults) {
    var text = config.tokenReviewApiServer().map(String::strip).orElse("");
    if (text.isEmpty()) {
      return keys instanceof KeysLocation.Url(var url) && url.getRawPath().endsWith(KEYS)
          ? URI.create(url.toString().substring(0, url.toString().lastIndexOf(KEYS)))
          : URI.create(IN_CLUSTER);
    }
    return switch (KeysLocation.parse(text)) {
      case KeysLocation.Url(var url)
          when url.getRawQuery() == null && url.getRawFragment() == null ->
          URI.create(url.toString().replaceFirst("/+$", ""));
      case KeysLocation.Url _, KeysLocation.File _ -> {
        faults.add(key + " is not the address of a server: write it as https://host:6443");
        yield null;
      }
      case KeysLocation.Faulty(var fault) -> {
        faults.add(key + " " + fault);
        yield null;
      }
    };
  }
}
