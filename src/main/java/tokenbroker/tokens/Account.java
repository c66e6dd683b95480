package tokenbroker.tokens;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tokenbroker.clients.ClientName;

/**
 * Whose tokens they are.
 *
 * @param connection the account that a user connected; null for the client's own
 */
public record Account(ClientName client, @Nullable ConnectionId connection) {

  private static final char SEPARATOR = '/';

  public static Account of(ClientName client) {
    return new Account(client, null);
  }

  public boolean isConnection() {
    return connection != null;
  }

  /** Reads what {@link #toString} writes. */
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
