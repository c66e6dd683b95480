package tokenbroker.http;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The preferences in the {@code Prefer} header (RFC 7240) that the broker supports. Unknown and
 * malformed preferences are ignored, as the RFC requires.
 *
 * @param minimal {@code return=minimal}: no body, everything in headers
 * @param waitLimit {@code wait=N}: how long the caller is willing to wait; at most {@link
 *     #LONGEST_WAIT}
 */
record RequestPreferences(boolean minimal, Duration waitLimit) {

  static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

  private static final RequestPreferences NONE = new RequestPreferences(false, LONGEST_WAIT);

  static RequestPreferences of(@Nullable List<String> headers) {
    if (headers == null || headers.isEmpty()) {
      return NONE;
    }
    var minimal = false;
    var waitLimit = LONGEST_WAIT;
    for (var preference : String.join(",", headers).split(",", 32)) {
      var text = preference.split(";", 2)[0].replaceAll("[\\s\"]", "").toLowerCase(Locale.ROOT);
      if (text.equals("return=minimal")) {
        minimal = true;
      } else if (text.matches("wait=[0-9]{1,9}")) {
        var seconds = Long.parseLong(text.substring("wait=".length()));
        waitLimit = Duration.ofSeconds(Math.min(seconds, LONGEST_WAIT.toSeconds()));
      }
    }
    return new RequestPreferences(minimal, waitLimit);
  }
}
