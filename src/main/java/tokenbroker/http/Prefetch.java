package tokenbroker.http;

import jakarta.ws.rs.core.HttpHeaders;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Tells requests that a browser makes before its user asks: {@code Sec-Purpose} (Fetch standard)
 * and the names that older browsers give it. The user may never follow, so nothing may happen. The
 * answer must be an error: a browser shows a successful one in place of the real answer later.
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
