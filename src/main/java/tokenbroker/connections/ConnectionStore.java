package tokenbroker.connections;

import java.time.Duration;
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

  /**
   * Keeps a connection. If its user has one already, that is replaced under its own id, and a
   * renewal of it is superseded.
   *
   * @return the connection as it is kept
   */
  Connection put(ClientName client, Connection connection, RefreshToken token);

  /** Returns the connection, without its refresh token. */
  Optional<Connection> find(Account account);

  /**
   * Hands out the refresh token to be used up, to one at a time over all replicas: in the same step
   * the connection is claimed. A claim is renewed until it is closed or its process dies; it then
   * outlasts the longest renewal.
   *
   * @param seen the revision of the refresh token that is to be used up; empty for whatever is kept
   */
  Claiming claim(Account account, String seen);

  /** What a wish to renew a connection came to. */
  sealed interface Claiming {
    record Claimed(StoredConnection held, Claim claim) implements Claiming {}

    record ClaimedElsewhere() implements Claiming {}

    /** Another refresh token than the one seen is kept by now. */
    record Changed() implements Claiming {}

    /** The refresh token is dead. */
    record Ended() implements Claiming {}

    record Absent() implements Claiming {}
  }

  /** The right to use up a connection's refresh token, and to say that it is dead. */
  interface Claim extends AutoCloseable {

    /** Names the holder, unlike any other. */
    String owner();

    /** Gives the claim back if it is still this holder's. Never throws, never blocks. */
    @Override
    void close();
  }

  /**
   * Replaces the refresh token where it still is the one that was {@code seen}, or this very change
   * was made already. The connection is active then. Whoever used the stored refresh token up has
   * its only successor, so this needs no claim any more.
   *
   * @return whether {@code next} is what is kept now
   */
  boolean rotate(Account account, String seen, Rotation next);

  /**
   * Marks a connection whose refresh token is dead, where it still is the one {@code seen} and
   * claimed.
   */
  boolean end(Account account, String seen, Claim claim);

  /**
   * Returns some connections that nobody has renewed for so long that it is time. If there are more
   * than the limit, they are others each time: those that cannot be renewed stand in nobody's way.
   */
  List<ConnectionId> due(ClientName client, int limit);

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
  record StoredConnection(Connection connection, RefreshToken refreshToken, String revision) {}

  /**
   * A newer refresh token.
   *
   * @param sealed as it will be kept, with its connection, so that the same change can be made once
   *     more
   * @param expiresAt of the access token that came with it
   * @param version of the connection
   */
  record Rotation(String sealed, Instant expiresAt, long version) {
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

  /**
   * How many connections a client has.
   *
   * @param overdue those that should have been renewed more than {@link #OVERDUE_AFTER} ago
   */
  record Counts(long active, long reconnectRequired, long overdue) {}

  /** From when on a connection that was not renewed in time is in danger. */
  Duration OVERDUE_AFTER = Duration.ofDays(1);

  /** What is known of how the store keeps data. */
  enum Durability {
    DURABLE,
    /** A restart of the store loses connections. */
    VOLATILE,
    UNKNOWN
  }
}
