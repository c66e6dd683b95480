package tokenbroker.clients;

import java.net.URI;

/**
 * A TrackMage host.
 *
 * @param baseUrl scheme, host, port and optionally a path, without a trailing slash
 * @param exchangePath the path for exchanging authorization codes, relative to the base URL
 */
public record Upstream(String name, URI baseUrl, RequestStyle requestStyle, String exchangePath) {

  /** Returns the host, with the port if the URL names one, for messages. */
  public String server() {
    return baseUrl.getPort() < 0 ? baseUrl.getHost() : baseUrl.getHost() + ":" + baseUrl.getPort();
  }

  /** The way in which a token request carries its parameters. */
  public enum RequestStyle {
    /** GET with all parameters in the query: the only form that TrackMage documents. */
    QUERY,
    /** POST of a form, with a fallback to {@link #QUERY} if the upstream does not accept it. */
    FORM,
    /** POST of a JSON object. */
    JSON
  }
}
