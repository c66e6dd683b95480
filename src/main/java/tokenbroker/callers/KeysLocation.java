package tokenbroker.callers;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Pattern;
import tokenbroker.config.Loopback;

/** The location of an issuer's keys. */
sealed interface KeysLocation {

  /** Returns the location for messages: a path, or a URL without its query. */
  default String text() {
    return switch (this) {
      case Url(var url) -> url.getScheme() + "://" + url.getRawAuthority() + url.getRawPath();
      case File(var path) -> path.toString();
      case Faulty _ -> "an invalid location";
    };
  }

  record Url(URI url) implements KeysLocation {}

  record File(Path path) implements KeysLocation {}

  /**
   * A text that is not a location that the broker can read.
   *
   * @param fault what is wrong with it and what to write instead
   */
  record Faulty(String fault) implements KeysLocation {}

  Pattern FILE = Pattern.compile("(?is)file:(?://(?<host>[^/]*)(?=/|$))?(?<path>.*)");
  Pattern HTTP = Pattern.compile("(?is)(?<scheme>https?):(?<rest>.*)");
  Pattern OTHER_SCHEME = Pattern.compile("(?is)(?<scheme>[a-z][a-z0-9+.-]*)://.*");

  /** Parses an http(s) URL, a {@code file:} URL or a plain path. Schemes are case-insensitive. */
  static KeysLocation parse(String text) {
    var http = HTTP.matcher(text);
    if (http.matches()) {
      return url(http.group("scheme").toLowerCase(Locale.ROOT) + ":" + http.group("rest"));
    }
    var file = FILE.matcher(text);
    if (file.matches()) {
      var host = file.group("host");
      return host == null || host.isEmpty() || host.equalsIgnoreCase("localhost")
          ? decodedPath(file.group("path"))
          : new Faulty(
              "is a file: URL with the host %s: use file:///path or a plain path"
                  .formatted(QuotedClaim.of(host)));
    }
    var other = OTHER_SCHEME.matcher(text);
    return other.matches()
        ? new Faulty(
            "starts with %s://, which the broker does not support: use https://, file:/// or a plain path"
                .formatted(other.group("scheme")))
        : path(text);
  }

  private static KeysLocation url(String text) {
    URI url;
    try {
      url = new URI(text);
    } catch (URISyntaxException e) {
      return new Faulty("is not a URL: write it as https://host/path, without spaces");
    }
    if (url.getRawUserInfo() != null) {
      return new Faulty(
          "contains a user name: remove it, and use keys-token-file for a bearer token");
    }
    if (url.getHost() == null) {
      return new Faulty("is not a URL with a host: write it as https://host/path");
    }
    if ("http".equals(url.getScheme()) && !Loopback.isHost(url.getHost())) {
      return new Faulty(
          "is an http:// URL and not loopback: use https://, because an attacker who changes the response can choose the callers");
    }
    return new Url(url);
  }

  /** Decodes a path. A space may be literal or {@code %20}; a {@code +} remains a {@code +}. */
  private static KeysLocation decodedPath(String path) {
    try {
      return path(URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      return new Faulty(
          "has a percent sign that starts no escape sequence: write %25, or use a plain path");
    }
  }

  private static KeysLocation path(String path) {
    if (path.isBlank()) {
      return new Faulty("has no path: write file:///path or a plain path");
    }
    try {
      return new File(Path.of(path));
    } catch (InvalidPathException e) {
      return new Faulty("is not a valid path on this system: write file:///path or a plain path");
    }
  }
}
