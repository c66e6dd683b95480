package tokenbroker.sandbox.home;

import io.vertx.core.http.HttpServerRequest;
import java.util.regex.Pattern;

/**
 * The address by which the browser knows the sandbox, from the request.
 *
 * @param scheme {@code http} or {@code https}
 * @param host a host name or an IP address; an IPv6 address is in brackets
 * @param port the port of the URL; negative if the URL has none
 */
record RequestedAddress(String scheme, String host, int port) {

  /**
   * The allowed hosts. The page puts the host into shell commands, so nothing else may be in it.
   */
  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9.-]{1,253}|\\[[0-9A-Fa-f:.]+]");

  /**
   * Returns the address of a request, or the loopback address if the request has no plain one.
   *
   * @param port the port of the server
   */
  static RequestedAddress of(HttpServerRequest request, int port) {
    var authority = request.authority();
    var scheme = request.isSSL() ? "https" : "http";
    return authority != null && HOST.matcher(authority.host()).matches()
        ? new RequestedAddress(scheme, authority.host(), authority.port())
        : new RequestedAddress(scheme, "127.0.0.1", port);
  }

  /** Returns the URL without a path, such as {@code http://localhost:8080}. */
  String url() {
    return scheme + "://" + host + (port < 0 ? "" : ":" + port);
  }

  /** Returns the URL of another port of the same host, without a path. It is always HTTP. */
  String urlOfPort(int other) {
    return "http://" + host + ":" + other;
  }
}
