package tokenbroker.http;

import java.util.Locale;

/** The paths that users' browsers request, and the characters that no path may contain. */
final class BrowserPaths {

  private BrowserPaths() {}

  /** Returns whether a person's browser requests this path, judging by the path alone. */
  static boolean has(String path) {
    var end = path.indexOf('?');
    var bare = end < 0 ? path : path.substring(0, end);
    return bare.startsWith("/connect/") || bare.equals("/oauth/callback");
  }

  /**
   * Returns whether a path has only one interpretation. A proxy in front may read dot segments,
   * segment parameters or escaped slashes differently. It would then let through a request that it
   * should block.
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
