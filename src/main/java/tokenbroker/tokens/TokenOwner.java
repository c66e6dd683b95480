package tokenbroker.tokens;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tokenbroker.clients.Client;
import tokenbroker.clients.ClientName;

/**
 * The owner of tokens: a client, or an account that a user connected to a client.
 *
 * @param connection the connected account; null for the client's own account
 */
public record TokenOwner(ClientName client, @Nullable ConnectionId connection) {

  private static final char SEPARATOR = '/';

  public static TokenOwner of(ClientName client) {
    return new TokenOwner(client, null);
  }

  public boolean isConnection() {
    return connection != null;
  }

  /**
   * Returns whether a lease decides which replica fetches. A connection needs none: its refresh
   * token is claimed in the connection's own record.
   */
  boolean needsLease() {
    return connection == null;
  }

  /** Returns whether it has metric series of its own. Connections count towards their client. */
  boolean hasMetricSeries() {
    return connection == null;
  }

  /** Returns the scope to request; null if none is requested, as always for a connection. */
  @Nullable String scopeOf(Client config) {
    return connection == null ? config.scope() : null;
  }

  /** Parses the form that {@link #toString} writes. Returns empty if the text is invalid. */
  public static Optional<TokenOwner> parse(String text) {
    var separator = text.indexOf(SEPARATOR);
    if (separator < 0) {
      return ClientName.parse(text).map(TokenOwner::of);
    }
    var connection = ConnectionId.parse(text.substring(separator + 1));
    return ClientName.parse(text.substring(0, separator))
        .flatMap(client -> connection.map(id -> new TokenOwner(client, id)));
  }

  @Override
  public String toString() {
    return connection == null ? client.value() : client.value() + SEPARATOR + connection.value();
  }
}
