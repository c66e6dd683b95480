package tokenbroker.http;

import jakarta.ws.rs.core.HttpHeaders;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Recognizes requests that a browser makes before its user does. It reads {@code Sec-Purpose}
 * (Fetch standard) and the names that older browsers use. The user may never follow the link, so
 * the request must change nothing. The answer must be an error: a browser would later show a
 * successful one in place of the real answer.
 */
final class Prefetch {

  private static final List<String> HEADERS =
      List.of("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz");
  private static final List<String> PURPOSES = List.of("prefetch", "prerender", "preview");

  private Prefetch() {}

  static boolean is(HttpHeaders headers) {
    return HEADERS.stream().anyMatch(name -> isAhead(headers.getRequestHeader(name)));
  }

  private static boolean isAhead(@Nullable List<String> values) {
    return values != null
        && values.stream()
            .map(value -> value.toLowerCase(Locale.ROOT))
            .anyMatch(value -> PURPOSES.stream().anyMatch(value::contains));
  }
}
