package tokenbroker.startup;

import java.net.URI;
import java.util.List;
import tokenbroker.config.Loopback;

/** Validates the broker's own address, as browsers see it. */
final class PublicUrl {

  private PublicUrl() {}

  static List<String> faults(URI url) {
    if (!Loopback.isLocalOrHttps(url)) {
      return List.of(
          "broker.connections.public-url is not an https:// URL: write it as"
              + " https://connect.example.com; http:// is allowed for loopback hosts only");
    }
    var bare = url.getRawPath().isEmpty() && url.getRawQuery() == null;
    return bare && url.getRawFragment() == null && url.getRawUserInfo() == null
        ? List.of()
        : List.of(
            "broker.connections.public-url has more than a scheme, host and port: write it as"
                + " https://connect.example.com");
  }
}
