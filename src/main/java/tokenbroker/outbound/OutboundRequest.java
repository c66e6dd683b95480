package tokenbroker.outbound;

import java.net.URI;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A request to send. Its URL, its headers and its body may contain secrets.
 *
 * @param url absolute, {@code http} or {@code https}
 * @param headers without {@code Host}, {@code Content-Length} and {@code Accept-Encoding}, which
 *     are added
 * @param body sent as UTF-8; null for none
 * @param repeatable whether sending it twice does no harm. Only such a request uses a kept
 *     connection, because only there it can be unknown whether the server received the request.
 */
public record OutboundRequest(
    String method,
    URI url,
    Map<String, String> headers,
    @Nullable String body,
    boolean repeatable) {

  private static final Pattern HEADER_VALUE = Pattern.compile("[\\t -~]*");

  /**
   * Rejects headers that would break the head.
   *
   * @throws IllegalArgumentException if a header's value contains anything but printable ASCII. The
   *     message does not show the value.
   */
  public OutboundRequest {
    headers = Map.copyOf(headers);
    headers.forEach(
        (name, value) -> {
          if (!HEADER_VALUE.matcher(value).matches()) {
            throw new IllegalArgumentException(
                "the value of header "
                    + name
                    + " contains characters that are not printable ASCII");
          }
        });
  }

  /** Returns only the method, because every other part may be secret. */
  @Override
  public String toString() {
    return "OutboundRequest[" + method + "]";
  }
}
