package tokenbroker.connections;

import java.util.Optional;
import tokenbroker.clients.ClientName;

/**
 * The {@code state} that the broker sends to the upstream (RFC 6749 §4.1.1). It consists of the
 * authorization's handle and a new secret for each visit. The store has only the secret's hash.
 *
 * @param secret 128 random bits in base64url
 */
public record StateParameter(AuthorizationHandle authorization, String secret) {

  private static final int LONGEST = 63 + 1 + 22 + 1 + 22;
  private static final int PARTS = 3;

  static StateParameter next(AuthorizationHandle authorization) {
    return new StateParameter(authorization, RandomTexts.id());
  }

  /** Parses the state that a browser brings back. Returns empty if the text is not a state. */
  public static Optional<StateParameter> parse(String text) {
    var parts = text.length() > LONGEST ? new String[0] : text.split("\\.", -1);
    if (parts.length != PARTS || !RandomTexts.isId(parts[1]) || !RandomTexts.isId(parts[2])) {
      return Optional.empty();
    }
    return ClientName.parse(parts[0])
        .map(client -> new StateParameter(new AuthorizationHandle(client, parts[1]), parts[2]));
  }

  /** Returns the text that is sent to the upstream. */
  String reveal() {
    return authorization.client().value() + "." + authorization.hash() + "." + secret;
  }

  /** Returns the hash of the secret that the store keeps. */
  String hash() {
    return RandomTexts.hashOf(secret);
  }

  @Override
  public String toString() {
    return "UpstreamState[client=" + authorization.client() + "]";
  }
}
