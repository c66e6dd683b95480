package tokenbroker.connections;

import java.util.Optional;
import tokenbroker.clients.ClientName;

/**
 * The one-time code that a browser takes to the service, which redeems it: 128 random bits in
 * base64url. The store knows it by its hash.
 */
public record ResultCode(ClientName client, String random) {

  static ResultCode next(ClientName client) {
    return new ResultCode(client, RandomTexts.id());
  }

  /** Reads what a caller sends; empty if it is none. */
  public static Optional<ResultCode> parse(ClientName client, String text) {
    return RandomTexts.isId(text) ? Optional.of(new ResultCode(client, text)) : Optional.empty();
  }

  /** Returns the name under which the store keeps the result: 128 bits in base64url. */
  public String hash() {
    return RandomTexts.hashOf(random);
  }

  @Override
  public String toString() {
    return "ResultCode[client=" + client + "]";
  }
}
