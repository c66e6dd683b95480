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
 * The public host name by which browsers know the broker. A request to that name reaches only the
 * browser paths, whatever a proxy in front lets through. A loopback name, as in dev, has no such
 * rule, because it is the only host there.
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

  /** Returns whether a {@code Host} header names this host. */
  boolean isNamed(@Nullable CharSequence host) {
    return name != null && host != null && isAt(host.toString(), 0, name);
  }

  /**
   * Returns whether a request names this host: in {@code Host}, in {@code :authority} or in its
   * target.
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

  /**
   * Returns whether the text holds the name at this index. A final dot or a port may follow the
   * name.
   */
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

  /** Adds HSTS, so that browsers that came over TLS once insist on it (RFC 6797). */
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
