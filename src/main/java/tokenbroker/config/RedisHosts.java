package tokenbroker.config;

import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Parses the addresses of Redis servers. Rejects addresses that the Redis client cannot parse. */
final class RedisHosts {

  private static final int MOST_PORTS = 65_535;

  private RedisHosts() {}

  /**
   * Parses a list separated by commas.
   *
   * @throws IllegalArgumentException if an address is malformed. The message contains no part of
   *     the value, because the value may contain a password.
   */
  static List<URI> parse(String hosts) {
    var uris = Arrays.stream(hosts.split(",", -1)).map(String::strip).map(RedisHosts::uri).toList();
    if (!uris.stream().allMatch(RedisHosts::isUsable)) {
      throw new IllegalArgumentException("not the address of a Redis server");
    }
    return uris;
  }

  private static URI uri(String host) {
    try {
      return URI.create(host);
    } catch (IllegalArgumentException _) {
      throw new IllegalArgumentException("not a URI");
    }
  }

  /** Returns whether an address contains a password, before the host or as a query parameter. */
  static boolean holdPassword(String hosts) {
    return parse(hosts).stream()
        .anyMatch(
            uri ->
                String.valueOf(uri.getRawUserInfo()).contains(":")
                    || parameters(uri).anyMatch(it -> it.startsWith("password=")));
  }

  private static Stream<String> parameters(URI uri) {
    return uri.getQuery() == null ? Stream.empty() : Arrays.stream(uri.getQuery().split("&"));
  }

  private static boolean isUsable(URI uri) {
    return isServer(uri)
        && parameters(uri)
            .filter(it -> it.startsWith("db="))
            .allMatch(it -> it.matches("db=[0-9]{1,5}"));
  }

  private static boolean isServer(URI uri) {
    var path = uri.getPath() == null ? "" : uri.getPath();
    return switch (String.valueOf(uri.getScheme())) {
      case "redis", "rediss" ->
          uri.getHost() != null
              && uri.getPort() != 0
              && uri.getPort() <= MOST_PORTS
              && path.matches("(/([0-9]{1,5})?)?");
      case "unix" -> path.length() > 1;
      default -> false;
    };
  }
}
