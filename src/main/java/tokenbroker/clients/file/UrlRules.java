package tokenbroker.clients.file;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tokenbroker.config.Loopback;

/** The rules for URLs in the clients file. */
final class UrlRules {

  private UrlRules() {}

  /** Returns the fault of a URL for a TrackMage host, or null if it has none. */
  static @Nullable String faultOfBaseUrl(String text, boolean allowPlainHttp) {
    var fault = faultOf(text, allowPlainHttp);
    if (fault == null && URI.create(text).getRawQuery() != null) {
      return "has a query: remove the ? and everything after it";
    }
    return fault;
  }

  /** Returns the fault of a URL to which a browser may be redirected, or null if it has none. */
  static @Nullable String faultOfReturnTo(String text) {
    return faultOf(text, false);
  }

  private static @Nullable String faultOf(String text, boolean allowPlainHttp) {
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException e) {
      return "is not a URL: write it as https://host/path";
    }
    var scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    if (uri.getHost() == null || !(scheme.equals("https") || scheme.equals("http"))) {
      return "is not an absolute https:// URL: write it as https://host/path";
    }
    if (scheme.equals("http") && !allowPlainHttp && !Loopback.isHost(uri.getHost())) {
      return "is an http:// URL: use https://, because http:// is allowed for loopback hosts only";
    }
    if (uri.getPort() == 0 || uri.getPort() > 65_535) {
      return "has an invalid port: use 1 to 65535";
    }
    if (uri.getRawUserInfo() != null) {
      return "has a user name before the host: remove it";
    }
    return uri.getRawFragment() == null
        ? null
        : "has a fragment: remove the # and everything after it";
  }
}
