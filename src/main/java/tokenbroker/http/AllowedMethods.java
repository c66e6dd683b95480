package tokenbroker.http;

import static java.util.Map.entry;

import java.util.Arrays;
import java.util.Map;

/**
 * The methods of each path, for {@code Allow} (RFC 9110 §10.2.1). The whole path decides, for a
 * client or a connection may have any name, that of a path's end included.
 */
final class AllowedMethods {

  private static final String READ = "GET, HEAD, OPTIONS";
  private static final String POST = "POST, OPTIONS";

  /** Each segment stands for itself, and {@code *} for any. No two of them match one path. */
  private static final Map<String, String> BY_PATH =
      Map.ofEntries(
          entry("tokens/*", READ),
          entry("tokens/*/invalidate", POST),
          entry("tokens/*/connections/*", READ),
          entry("tokens/*/connections/*/invalidate", POST),
          entry("clients", READ),
          entry("clients/*/authorizations", POST),
          entry("clients/*/authorizations/redeem", POST),
          entry("clients/*/connections", READ),
          entry("clients/*/connections/*", "DELETE, OPTIONS"),
          entry("connect/*", READ),
          entry("oauth/callback", READ));

  /** What probes and scrapers ask for, see {@link #BY_PATH}. */
  private static final Map<String, String> OF_MANAGEMENT =
      Map.of(
          "q/metrics", READ,
          "q/health", READ,
          "q/health/live", READ,
          "q/health/ready", READ,
          "q/health/started", READ,
          "q/health/well", READ);

  private AllowedMethods() {}

  /**
   * Returns the value of {@code Allow}; empty, as the RFC has it, for a path that nobody serves.
   */
  static String at(String path) {
    return at(path, BY_PATH);
  }

  /** As {@link #at}, on the management port. */
  static String ofManagement(String path) {
    return at(path, OF_MANAGEMENT);
  }

  private static String at(String path, Map<String, String> known) {
    var segments = segments(path);
    return known.entrySet().stream()
        .filter(each -> matches(each.getKey().split("/"), segments))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse("");
  }

  private static String[] segments(String path) {
    return Arrays.stream(path.split("/"))
        .filter(segment -> !segment.isEmpty())
        .toArray(String[]::new);
  }

  private static boolean matches(String[] pattern, String[] segments) {
    if (pattern.length != segments.length) {
      return false;
    }
    for (var i = 0; i < pattern.length; i++) {
      if (!pattern[i].equals("*") && !pattern[i].equals(segments[i])) {
        return false;
      }
    }
    return true;
  }
}
