package tokenbroker.clients;

import java.net.URI;

/**
 * A TrackMage host.
 *
 * @param baseUrl scheme, host, port and perhaps a path, without a slash at the end
 * @param exchangePath where authorization codes are exchanged, from the base URL
 */
public record Upstream(String name, URI baseUrl, RequestStyle requestStyle, String exchangePath) {

  /** How a token request carries its parameters. */
  public enum RequestStyle {
    /** GET with everything in the query: the only form TrackMage documents. */
    QUERY,
    /** POST of a form, falling back to {@link #QUERY} where the upstream does not take it. */
    FORM,
    /** POST of a JSON object. */
    JSON
  }
}
