package tokenbroker.startup;

import java.net.URI;
import java.util.List;
import tokenbroker.config.Loopback;

/** Validates {@code broker.oauth.issuer} (RFC 8414 §2). */
final class OAuthIssuer {

  private OAuthIssuer() {}

  static List<String> faults(URI url) {
    if (!Loopback.isLocalOrHttps(url)) {
      return List.of(
          "broker.oauth.issuer is not an https:// URL: write it as https://token-broker.internal;"
              + " http:// is allowed for loopback hosts only");
    }
    return url.getRawQuery() == null && url.getRawFragment() == null && url.getRawUserInfo() == null
        ? List.of()
        : List.of(
            "broker.oauth.issuer has a query, a fragment or a user: write it as"
                + " https://token-broker.internal");
  }
}
