package tokenbroker.connections;

import java.util.Optional;
import tokenbroker.clients.ClientName;

/**
 * The one-time code that a browser takes to the service, which redeems it: 128 random bits in
 * base64url. The store has only its hash.
 */
public record ResultCode(ClientName client, String random) {

  static ResultCode next(ClientName client) {
    return new ResultCode(client, RandomTexts.id());
  }

  /** Parses the code that a caller sends. Returns empty if the text is not a code. */
  public static Optional<ResultCode> parse(ClientName client, String text) {
    return RandomTexts.isId(text) ? Optional.of(new ResultCode(client, text)) : Optional.empty();
  }

  /** Returns the key of the result in the store: 128 bits in base64url. */
  public String hash() {
    return RandomTexts.hashOf(random);
  }

  @Override
  public String toString() {
    return "ResultCode[client=" + client + "]";
  }
}
