package tokenbroker.tokens;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tokenbroker.clients.ClientName;

/**
 * The owner of tokens: a client, or an account that a user connected to a client.
 *
 * @param connection the connected account; null for the client's own account
 */
public record Account(ClientName client, @Nullable ConnectionId connection) {

  private static final char SEPARATOR = '/';

  public static Account of(ClientName client) {
    return new Account(client, null);
  }

  public boolean isConnection() {
    return connection != null;
  }

  /** Parses the form that {@link #toString} writes. Returns empty if the text is invalid. */
  public static Optional<Account> parse(String text) {
    var separator = text.indexOf(SEPARATOR);
    if (separator < 0) {
      return ClientName.parse(text).map(Account::of);
    }
    var connection = ConnectionId.parse(text.substring(separator + 1));
    return ClientName.parse(text.substring(0, separator))
        .flatMap(client -> connection.map(id -> new Account(client, id)));
  }

  @Override
  public String toString() {
    return connection == null ? client.value() : client.value() + SEPARATOR + connection.value();
  }
}
