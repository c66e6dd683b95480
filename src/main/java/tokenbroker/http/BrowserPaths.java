package tokenbroker.http;

import java.util.Locale;

/** The paths that users' browsers ask for, and what no path may hold. */
final class BrowserPaths {

  private BrowserPaths() {}

  /** Whether a person is looking, as far as the path tells. */
  static boolean has(String path) {
    var end = path.indexOf('?');
    var bare = end < 0 ? path : path.substring(0, end);
    return bare.startsWith("/connect/") || bare.equals("/oauth/callback");
  }

  /**
   * Whether a path means one thing only. A proxy in front that reads dot segments, parameters of
   * segments or escaped slashes in another way would let through what it is there to keep out.
   */
  static boolean isPlain(String path) {
    var plain = path.toLowerCase(Locale.ROOT).replace("%2e", ".");
    return plain.startsWith("/")
        && !(plain + "/").contains("/./")
        && !(plain + "/").contains("/../")
        && !plain.contains(";")
        && !plain.contains("%3b")
        && !plain.contains("%2f")
        && !plain.contains("%5c")
        && !plain.contains("%00");
  }
}
