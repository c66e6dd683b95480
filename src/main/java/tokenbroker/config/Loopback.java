package tokenbroker.config;

import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The hosts that a URL may name without TLS: what is sent to them does not leave the machine. */
public final class Loopback {

  private static final Pattern HOST = Pattern.compile("localhost|127(\\.\\d{1,3}){3}|\\[::1]");

  private Loopback() {}

  /**
   * Returns whether the host of a URL is a loopback address, or {@code localhost}. A name that
   * merely resolves to a loopback address is neither.
   *
   * @param host as {@link java.net.URI#getHost} gives it
   */
  public static boolean isHost(@Nullable String host) {
    return host != null && HOST.matcher(host.toLowerCase(Locale.ROOT)).matches();
  }
}
