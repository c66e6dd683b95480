package tokenbroker.connections;

import jakarta.inject.Singleton;
import java.net.URI;
import java.util.Optional;
import tokenbroker.config.BrokerConfig;

/** The broker's own address as browsers see it. Without it there are no authorizations. */
@Singleton
class PublicAddress {

  private final Optional<URI> url;

  PublicAddress(BrokerConfig config) {
    this.url = config.connections().publicUrl();
  }

  boolean isSet() {
    return url.isPresent();
  }

  /** Returns whether browsers reach the broker over TLS. */
  boolean isSecure() {
    return "https".equals(base().getScheme());
  }

  /** Returns the link that a user's browser follows to carry out an authorization. */
  URI linkTo(AuthorizationId id) {
    return URI.create(base() + "/connect/" + id.reveal());
  }

  /** Returns the redirect URI that is registered at the upstream. */
  URI callback() {
    return URI.create(base() + "/oauth/callback");
  }

  private URI base() {
    return url.orElseThrow(
        () -> new IllegalStateException("broker.connections.public-url is not set"));
  }
}
