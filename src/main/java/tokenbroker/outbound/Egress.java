package tokenbroker.outbound;

import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import tokenbroker.config.BrokerConfig;
import tokenbroker.config.Loopback;
import tokenbroker.config.NoProxy;
import tokenbroker.config.ProxyAddress;
import tokenbroker.files.WatchedFile;

/**
 * How requests leave the broker: which of them use the egress proxy, with which credentials, and
 * which certificate authorities are trusted for upstreams.
 */
@Singleton
public class Egress {

  private final @Nullable ProxyAddress proxy;
  private final NoProxy noProxy;
  private final @Nullable WatchedFile<String> authorization;
  private final @Nullable WatchedFile<SSLContext> authorities;

  public Egress(BrokerConfig config) {
    var upstream = config.upstream();
    this.proxy = upstream.proxy().orElse(null);
    this.noProxy = upstream.noProxy();
    this.authorization =
        upstream
            .proxyCredentialsFile()
            .filter(file -> proxy != null)
            .map(
                file ->
                    new WatchedFile<>(
                        "broker.upstream.proxy-credentials-file", file, ProxyCredentials::header))
            .orElse(null);
    this.authorities =
        upstream
            .caFile()
            .map(file -> new WatchedFile<>("broker.upstream.ca-file", file, TrustedAuthorities::in))
            .orElse(null);
  }

  /** Returns the faults of the files, each with its setting. */
  public List<String> faults() {
    return Stream.of(Optional.ofNullable(authorization), Optional.ofNullable(authorities))
        .flatMap(Optional::stream)
        .flatMap(file -> file.fault().stream())
        .toList();
  }

  /** Returns the TLS sockets for upstreams. */
  public TlsSockets upstreamTls() {
    return authorities == null
        ? TlsSockets.ofTheJvm()
        : () -> authorities.current().getSocketFactory();
  }

  /**
   * Returns the route to a server. A loopback server has none but the direct one: the proxy would
   * reach its own machine instead. So the proxy receives no request without TLS, because the broker
   * sends such requests to loopback only.
   */
  Route routeTo(Origin origin) {
    var direct =
        proxy == null
            || !origin.tls()
            || Loopback.isHost(origin.urlHost())
            || noProxy.covers(origin.host());
    return new Route(origin, direct ? null : proxy);
  }

  /** Returns the value of {@code Proxy-Authorization}; null if the proxy needs none. */
  @Nullable String authorization() throws IOException {
    return authorization == null ? null : authorization.current();
  }
}
