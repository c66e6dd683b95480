package tokenbroker.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.redis.client.RedisOptions;
import java.net.URI;
import java.net.URLEncoder;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A password for the options of a Redis client. */
final class Login {

  private static final String USER = "user=";

  private Login() {}

  /**
   * Returns a copy of the options with the password. If an address names a user, the password is
   * put into that address. The reason is that a cluster client logs in to discovered nodes only
   * with the user info of the address.
   */
  static RedisOptions with(String password, RedisOptions options) {
    var endpoints =
        options.getEndpoints().stream().map(endpoint -> withPassword(password, endpoint)).toList();
    return new RedisOptions(options).setEndpoints(List.copyOf(endpoints)).setPassword(password);
  }

  private static String withPassword(String password, String endpoint) {
    var uri = URI.create(endpoint);
    return user(uri)
        .map(user -> endpoint(uri, encoded(user) + ":" + encoded(password) + "@"))
        .orElse(endpoint);
  }

  private static Optional<String> user(URI uri) {
    var inFront = Optional.ofNullable(uri.getUserInfo()).filter(it -> !it.isEmpty());
    return inFront.or(
        () ->
            parameters(uri)
                .filter(it -> it.startsWith(USER))
                .map(it -> it.substring(USER.length()))
                .findFirst());
  }

  private static Stream<String> parameters(URI uri) {
    return uri.getQuery() == null ? Stream.empty() : Arrays.stream(uri.getQuery().split("&"));
  }

  private static String endpoint(URI uri, String login) {
    var address = uri.getRawAuthority();
    var host = address.substring(address.lastIndexOf('@') + 1);
    var query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
    return uri.getScheme() + "://" + login + host + uri.getRawPath() + query;
  }

  /** Encodes a text as the Redis client decodes it. */
  private static String encoded(String text) {
    return URLEncoder.encode(text, UTF_8);
  }
}
