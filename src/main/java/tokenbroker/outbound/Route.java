package tokenbroker.outbound;

import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import org.jspecify.annotations.Nullable;

/**
 * The route to a server: direct, or through an egress proxy.
 *
 * @param proxy null for the direct route. Its address is not resolved.
 */
record Route(Origin origin, @Nullable InetSocketAddress proxy) {

  /**
   * Returns the route, according to the JVM's proxy settings, such as {@code -Dhttps.proxyHost}.
   * The proxy selector sees only the host and the port, because the rest of a URL may be secret.
   * Only HTTP proxies are used.
   */
  static Route to(Origin origin) {
    var selector = ProxySelector.getDefault();
    if (selector != null) {
      for (var proxy : selector.select(origin.url())) {
        if (proxy.type() == Proxy.Type.HTTP && proxy.address() instanceof InetSocketAddress at) {
          return new Route(
              origin, InetSocketAddress.createUnresolved(at.getHostString(), at.getPort()));
        }
        if (proxy.type() == Proxy.Type.DIRECT) {
          break;
        }
      }
    }
    return new Route(origin, null);
  }

  /** Returns the host to connect to. */
  String host() {
    return proxy == null ? origin.host() : proxy.getHostString();
  }

  /** Returns the port to connect to. */
  int port() {
    return proxy == null ? origin.port() : proxy.getPort();
  }

  boolean tunnels() {
    return proxy != null && origin.tls();
  }

  /** Returns whether the proxy reads the request itself, and therefore needs the absolute URL. */
  boolean needsAbsoluteUrl() {
    return proxy != null && !origin.tls();
  }
}
