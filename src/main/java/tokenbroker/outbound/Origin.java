package tokenbroker.outbound;

import java.net.URI;
import java.util.Locale;
import java.util.Optional;

/**
 * The server that a URL names.
 *
 * @param host a name without a trailing dot, or an address without brackets
 */
record Origin(boolean tls, String host, int port) {

  /**
   * Returns the origin, or empty if the URL is not an {@code http} or {@code https} URL with a
   * host.
   */
  static Optional<Origin> of(URI url) {
    var scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
    if (url.getHost() == null || !(scheme.equals("http") || scheme.equals("https"))) {
      return Optional.empty();
    }
    var tls = scheme.equals("https");
    var port = url.getPort() == -1 ? (tls ? 443 : 80) : url.getPort();
    return port > 0 && port <= 65_535
        ? Optional.of(new Origin(tls, bare(url.getHost()), port))
        : Optional.empty();
  }

  private static String bare(String host) {
    if (host.startsWith("[")) {
      return host.substring(1, host.length() - 1);
    }
    return host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
  }

  /** Returns the host as in a URL. */
  String urlHost() {
    return host.contains(":") ? "[" + host + "]" : host;
  }

  /** Returns the host and port as in a URL. */
  String authority() {
    return urlHost() + ":" + port;
  }

  /** Returns the value of the {@code Host} header. */
  String hostHeader() {
    var authority = authority();
    var usual = tls ? ":443" : ":80";
    return authority.endsWith(usual)
        ? authority.substring(0, authority.length() - usual.length())
        : authority;
  }
}
