package tokenbroker.http;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The id that ties a caller's logs to the broker's. It is the id that the caller sent (W3C Trace
 * Context), or else a random one.
 */
final class TraceId {

  private static final Pattern TRACEPARENT =
      Pattern.compile("[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}.*");
  private static final String INVALID = "0".repeat(32);

  private TraceId() {}

  static String of(@Nullable String traceparent) {
    if (traceparent != null && traceparent.length() <= 128) {
      var match = TRACEPARENT.matcher(traceparent);
      if (match.matches() && !match.group(1).equals(INVALID)) {
        return match.group(1);
      }
    }
    var random = ThreadLocalRandom.current();
    return HexFormat.of().toHexDigits(random.nextLong())
        + HexFormat.of().toHexDigits(random.nextLong());
  }
}
