package tokenbroker.connections;

import java.util.Optional;
import tokenbroker.clients.ClientName;

/**
 * The secret in the address that a user's browser follows: the client, a dot, and 128 random bits
 * in base64url. The store knows an authorization by its {@link #handle} alone.
 */
public record AuthorizationId(ClientName client, String random) {

  private static final int LONGEST = 63 + 1 + 22;

  static AuthorizationId next(ClientName client) {
    return new AuthorizationId(client, RandomTexts.id());
  }

  /** Reads an id out of an address; empty if it is none. */
  public static Optional<AuthorizationId> parse(String text) {
    var dot = text.indexOf('.');
    if (dot < 0 || text.length() > LONGEST || !RandomTexts.isId(text.substring(dot + 1))) {
      return Optional.empty();
    }
    return ClientName.parse(text.substring(0, dot))
        .map(client -> new AuthorizationId(client, text.substring(dot + 1)));
  }

  /** Returns the name under which the store keeps the authorization. */
  AuthorizationHandle handle() {
    return new AuthorizationHandle(client, RandomTexts.hashOf(random));
  }

  /** Returns what the address holds. */
  String reveal() {
    return client.value() + "." + random;
  }

  @Override
  public String toString() {
    return "AuthorizationId[client=" + client + "]";
  }
}
