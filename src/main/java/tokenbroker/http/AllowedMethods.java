package tokenbroker.http;

import static java.util.Map.entry;

import java.util.Arrays;
import java.util.Map;

/**
 * The methods that each path supports, for the {@code Allow} header (RFC 9110 §10.2.1). The whole
 * path is matched, because a client or a connection may have any name. Such a name may equal the
 * last segment of another path.
 */
final class AllowedMethods {

  private static final String READ = "GET, HEAD, OPTIONS";
  private static final String POST = "POST, OPTIONS";

  /**
   * Path patterns and their methods. {@code *} matches any one segment. No two patterns match the
   * same path.
   */
  private static final Map<String, String> BY_PATH =
      Map.ofEntries(
          entry("tokens/*", READ),
          entry("tokens/*/invalidate", POST),
          entry("tokens/*/connections/*", READ),
          entry("tokens/*/connections/*/invalidate", POST),
          entry("oauth2/token", POST),
          entry(".well-known/oauth-authorization-server", READ),
          entry("clients", READ),
          entry("clients/*/authorizations", POST),
          entry("clients/*/authorizations/redeem", POST),
          entry("clients/*/connections", READ),
          entry("clients/*/connections/*", "DELETE, OPTIONS"),
          entry("connect/*", READ),
          entry("oauth/callback", READ));

  /** The paths for probes and scrapers on the management port, in the form of {@link #BY_PATH}. */
  private static final Map<String, String> OF_MANAGEMENT =
      Map.of(
          "q/metrics", READ,
          "q/status", READ,
          "q/status.json", READ,
          "q/health", READ,
          "q/health/live", READ,
          "q/health/ready", READ,
          "q/health/started", READ,
          "q/health/well", READ);

  private AllowedMethods() {}

  /**
   * Returns the value of {@code Allow} for a path. It is empty, as the RFC allows, if no resource
   * serves the path.
   */
  static String at(String path) {
    return at(path, BY_PATH);
  }

  /** Returns the value of {@code Allow} for a path on the management port, as {@link #at} does. */
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
