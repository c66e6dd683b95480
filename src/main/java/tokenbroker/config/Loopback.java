package tokenbroker.config;

import java.net.URI;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Loopback hosts. A URL may use them without TLS, because requests do not leave the machine. */
public final class Loopback {

  private static final Pattern HOST = Pattern.compile("localhost|127(\\.\\d{1,3}){3}|\\[::1]");

  private Loopback() {}

  /** Returns whether this is an https URL with a host, or an http URL of a loopback host. */
  public static boolean isLocalOrHttps(URI url) {
    return url.getHost() != null
        && ("https".equals(url.getScheme())
            || ("http".equals(url.getScheme()) && isHost(url.getHost())));
  }

  /**
   * Returns whether the host of a URL is a loopback address or {@code localhost}. Other names do
   * not count, even if they resolve to a loopback address.
   *
   * @param host the result of {@link java.net.URI#getHost}
   */
  public static boolean isHost(@Nullable String host) {
    return host != null && HOST.matcher(host.toLowerCase(Locale.ROOT)).matches();
  }
}
