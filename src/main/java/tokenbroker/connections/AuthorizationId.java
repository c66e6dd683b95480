package tokenbroker.connections;

import java.util.Optional;
import tokenbroker.clients.ClientName;

/**
 * Names an authorization under way, and is the {@code state} that the upstream hands back: the
 * client, a dot, and 128 random bits in base64url. Worth nothing without the browser's cookie.
 */
public record AuthorizationId(ClientName client, String random) {

  private static final int LONGEST = 63 + 1 + 22;

  static AuthorizationId next(ClientName client) {
    return new AuthorizationId(client, Randoms.id());
  }

  public static Optional<AuthorizationId> parse(String text) {
    var dot = text.indexOf('.');
    if (dot < 0 || text.length() > LONGEST || !Randoms.isId(text.substring(dot + 1))) {
      return Optional.empty();
    }
    return ClientName.parse(text.substring(0, dot))
        .map(client -> new AuthorizationId(client, text.substring(dot + 1)));
  }

  @Override
  public String toString() {
    return client.value() + "." + random;
  }
}
