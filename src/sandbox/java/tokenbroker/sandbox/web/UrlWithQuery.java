package tokenbroker.sandbox.web;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A URL to which query parameters can be added. */
public record UrlWithQuery(String url) {

  /**
   * Returns the URL with one more parameter.
   *
   * @param value not yet encoded; null to add no parameter
   */
  public UrlWithQuery with(String name, @Nullable String value) {
    if (value == null) {
      return this;
    }
    var separator = url.contains("?") ? "&" : "?";
    return new UrlWithQuery(
        url + separator + name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8));
  }

  @Override
  public String toString() {
    return url;
  }
}
