package tokenbroker.http;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import jakarta.inject.Singleton;
import java.net.URI;
import java.util.HashMap;
import org.jspecify.annotations.Nullable;
import tokenbroker.config.BrokerConfig;
import tokenbroker.config.Loopback;
import tokenbroker.server.RefusalForm.Answer;

/**
 * The host that browsers know the broker by. Whoever comes by that name reaches the browser paths
 * alone, whatever a proxy in front lets through. On loopback, as in dev, it has no rule of its own:
 * there it is the only host.
 */
@Singleton
class PublicHost {

  private static final String HSTS = "Strict-Transport-Security";
  private static final String ONE_YEAR = "max-age=31536000";
  private final @Nullable String name;
  private final boolean isSecure;

  PublicHost(BrokerConfig config) {
    var url = config.connections().publicUrl();
    var host = url.map(URI::getHost).orElse(null);
    this.name = host == null || Loopback.isHost(host) ? null : host;
    this.isSecure = url.map(URI::getScheme).filter("https"::equals).isPresent();
  }

  /**
   * Whether a request came by this name: in {@code Host} or {@code :authority}, or in its target.
   */
  boolean isNamedBy(HttpServerRequest request) {
    return name != null && isNamedBy(request, name);
  }

  private static boolean isNamedBy(HttpServerRequest request, String name) {
    var host = request.getHeader(HttpHeaders.HOST);
    var target = request.uri();
    return isAt(host, 0, name)
        || (!target.startsWith("/") && isAt(target, target.indexOf("://") + 3, name))
        || (host == null && isAt(String.valueOf(request.authority()), 0, name));
  }

  /** The port is no part of a name, nor is the dot that may end it. */
  private static boolean isAt(@Nullable String text, int start, String name) {
    if (text == null || !text.regionMatches(true, start, name, 0, name.length())) {
      return false;
    }
    var end = start + name.length();
    if (end < text.length() && text.charAt(end) == '.') {
      end++;
    }
    return text.length() == end || ":/?#".indexOf(text.charAt(end)) >= 0;
  }

  /** Browsers that came over TLS once insist on it (RFC 6797). */
  void guard(HttpServerRequest request) {
    if (isSecure) {
      request.response().putHeader(HSTS, ONE_YEAR);
    }
  }

  Answer guarded(Answer answer) {
    if (!isSecure) {
      return answer;
    }
    var headers = new HashMap<>(answer.headers());
    headers.put(HSTS, ONE_YEAR);
    return new Answer(headers, answer.body());
  }
}
