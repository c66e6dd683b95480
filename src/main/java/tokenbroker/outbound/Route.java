package tokenbroker.outbound;

import org.jspecify.annotations.Nullable;
import tokenbroker.config.ProxyAddress;

/**
 * The route to a server: direct, or through a tunnel of an egress proxy.
 *
 * @param proxy null for the direct route
 */
record Route(Origin origin, @Nullable ProxyAddress proxy) {

  /** Returns the host to connect to. The host of a server behind a proxy is never resolved. */
  String host() {
    return proxy == null ? origin.host() : proxy.host();
  }

  /** Returns the port to connect to. */
  int port() {
    return proxy == null ? origin.port() : proxy.port();
  }
}
