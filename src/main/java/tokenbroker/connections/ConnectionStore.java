package tokenbroker.connections;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tokenbroker.clients.ClientName;
import tokenbroker.tokens.Account;
import tokenbroker.tokens.ConnectionId;
import tokenbroker.tokens.RefreshToken;

/**
 * Where connections are kept, with their refresh tokens: data that nothing else holds. Every method
 * blocks for a bounded time and throws {@link tokenbroker.tokens.StoreUnavailable} where the store
 * does not answer or cannot read what it holds; then nothing is known of what came of a change.
 */
public interface ConnectionStore {

  /** What a fetch says that failed because of the store. */
  String UNAVAILABLE = "store_unavailable";

  /** A connection as it is kept; whatever was kept under its id before is replaced. */
  void put(ClientName client, Connection connection, RefreshToken token);

  Optional<Held> find(Account account);

  /**
   * Replaces the refresh token where it still is the one that was {@code seen}, or this very change
   * was made already: whoever lost its lease cannot overwrite a newer one. The connection is active
   * then.
   *
   * @return whether {@code next} is what is kept now
   */
  boolean rotate(Account account, String seen, Rotation next);

  /** Marks a connection whose refresh token is dead, where it still is the one {@code seen}. */
  boolean end(Account account, String seen);

  /** Removes a connection and all that is cached of it, and tells every replica. */
  boolean remove(Account account);

  /**
   * Some connections of a client in the order of their ids.
   *
   * @param after the last one of the page before; null for the first page
   */
  Page page(ClientName client, @Nullable ConnectionId after, int limit);

  Counts count(ClientName client);

  /** Whether what is put here outlives the store's own process, as far as it says. */
  Durability durability();

  /**
   * A connection and its refresh token.
   *
   * @param revision names the refresh token, and tells nothing of it
   */
  record Held(Connection connection, RefreshToken refreshToken, String revision) {}

  /**
   * A newer refresh token.
   *
   * @param sealed as it will be kept, with its connection, so that the same change can be made once
   *     more
   * @param expiresAt of the access token that came with it
   */
  record Rotation(String sealed, Instant expiresAt) {
    @Override
    public String toString() {
      return "Rotation[redacted]";
    }
  }

  /** How {@link #rotate} wants a connection and its newer refresh token. */
  Rotation rotation(Account account, Connection connection, RefreshToken next);

  /**
   * Some connections.
   *
   * @param unreadable those of which no more than the id can be read
   * @param next the last id of this page, where there is another page; else null
   */
  record Page(
      List<Connection> connections, List<ConnectionId> unreadable, @Nullable ConnectionId next) {}

  /** How many connections a client has. */
  record Counts(long active, long reconnectRequired) {}

  /** What is known of how the store keeps data. */
  enum Durability {
    DURABLE,
    /** A restart of the store loses connections. */
    VOLATILE,
    UNKNOWN
  }
}
