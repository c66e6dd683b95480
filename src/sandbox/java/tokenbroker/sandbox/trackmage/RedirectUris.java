package tokenbroker.sandbox.trackmage;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The redirect URIs that clients may use.
 *
 * @param registered the allowed URIs, which are compared exactly; null to allow every http or https
 *     URI without a fragment
 */
public record RedirectUris(@Nullable Set<String> registered) {

  boolean isAllowed(String redirectUri) {
    return registered == null ? isWeb(redirectUri) : registered.contains(redirectUri);
  }

  private static boolean isWeb(String text) {
    try {
      var uri = new URI(text);
      return ("http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme()))
          && uri.getHost() != null
          && uri.getRawFragment() == null
          && uri.toASCIIString().equals(text);
    } catch (URISyntaxException e) {
      return false;
    }
  }
}
