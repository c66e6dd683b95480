package tokenbroker.connections;

import java.util.Optional;
import tokenbroker.clients.ClientName;

/**
 * The secret in the link that a user's browser follows: the client, a dot, and 128 random bits in
 * base64url. The store has only its {@link #handle}.
 */
public record AuthorizationId(ClientName client, String random) {

  private static final int LONGEST = 63 + 1 + 22;

  static AuthorizationId next(ClientName client) {
    return new AuthorizationId(client, RandomTexts.id());
  }

  /** Parses the id in a link. Returns empty if the text is not an id. */
  public static Optional<AuthorizationId> parse(String text) {
    var dot = text.indexOf('.');
    if (dot < 0 || text.length() > LONGEST || !RandomTexts.isId(text.substring(dot + 1))) {
      return Optional.empty();
    }
    return ClientName.parse(text.substring(0, dot))
        .map(client -> new AuthorizationId(client, text.substring(dot + 1)));
  }

  /** Returns the key of the authorization in the store. */
  AuthorizationHandle handle() {
    return new AuthorizationHandle(client, RandomTexts.hashOf(random));
  }

  /** Returns the text for the link. */
  String reveal() {
    return client.value() + "." + random;
  }

  @Override
  public String toString() {
    return "AuthorizationId[client=" + client + "]";
  }
}
