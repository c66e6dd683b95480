package tokenbroker.config;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.net.URI;
import java.util.Locale;

/**
 * The address of an egress proxy, written {@code http://HOST:PORT}.
 *
 * @param host a name without a trailing dot, or an address without brackets
 */
@RegisterForReflection
public record ProxyAddress(String host, int port) {

  private static final int MOST = 65_535;

  /**
   * Parses the text of a setting. The configuration library finds this method by its name.
   *
   * @throws IllegalArgumentException if the text is malformed. The message does not show it,
   *     because the text may contain a password.
   */
  public static ProxyAddress parse(CharSequence text) {
    URI url;
    try {
      url = URI.create(text.toString().strip());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("not a URL"); // The cause quotes the text.
    }
    if (url.getHost() == null || !"http".equalsIgnoreCase(url.getScheme()) || hasMore(url)) {
      throw new IllegalArgumentException("not the address of an HTTP proxy");
    }
    if (url.getPort() < 1 || url.getPort() > MOST) {
      throw new IllegalArgumentException("not a port");
    }
    return new ProxyAddress(bare(url.getHost().toLowerCase(Locale.ROOT)), url.getPort());
  }

  private static boolean hasMore(URI url) {
    return url.getRawUserInfo() != null
        || url.getRawQuery() != null
        || url.getRawFragment() != null
        || !(url.getRawPath().isEmpty() || url.getRawPath().equals("/"));
  }

  private static String bare(String host) {
    if (host.startsWith("[")) {
      return host.substring(1, host.length() - 1);
    }
    return host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
  }

  /** Returns {@code HOST:PORT}, for messages. */
  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
