package tokenbroker.connections;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tokenbroker.clients.ClientName;
import tokenbroker.tokens.ConnectionId;
import tokenbroker.tokens.RefreshToken;
import tokenbroker.tokens.TokenOwner;

/**
 * A store of connections and their refresh tokens, which exist nowhere else. Each method blocks for
 * a bounded time. It throws {@link tokenbroker.tokens.StoreUnavailable} if the store does not
 * answer or its data cannot be read. It is then unknown whether a change was made.
 */
public interface ConnectionStore {

  /**
   * Stores a connection. If its user already has one, the new one replaces it under its id, and a
   * renewal in progress is superseded.
   *
   * @return the connection as stored
   */
  Connection put(ClientName client, Connection connection, RefreshToken token);

  /** Returns the connection without its refresh token. */
  Optional<Connection> find(TokenOwner owner);

  /**
   * Claims a connection and returns its refresh token in the same step, to one holder at a time
   * across all replicas. A claim is extended until it is closed or its process dies. In the latter
   * case it still outlasts the longest renewal.
   *
   * @param seen the revision of the refresh token to use up; empty matches any
   */
  Claiming claim(TokenOwner owner, String seen);

  /** The result of claiming a connection. */
  sealed interface Claiming {
    record Claimed(StoredConnection held, Claim claim) implements Claiming {}

    record ClaimedElsewhere() implements Claiming {}

    /** The store now has a refresh token other than the one seen. */
    record Changed() implements Claiming {}

    /** The refresh token is dead. */
    record Ended() implements Claiming {}

    record Absent() implements Claiming {}
  }

  /** The right to use up a connection's refresh token, and to declare it dead. */
  interface Claim extends AutoCloseable {

    /** Returns the holder's unique name. */
    String holder();

    /** Releases the claim if this holder still has it. Never throws, never blocks. */
    @Override
    void close();
  }

  /**
   * Replaces the refresh token if it still is the one that was {@code seen}, or if this same change
   * was already made. The connection is active afterwards. No claim is needed, because whoever used
   * up the stored refresh token has its only successor.
   *
   * @return whether {@code next} is stored now
   */
  boolean rotate(TokenOwner owner, String seen, Rotation next);

  /**
   * Marks a connection whose refresh token is dead, if it still has the one {@code seen} and the
   * claim is still held.
   */
  boolean end(TokenOwner owner, String seen, Claim claim);

  /**
   * Returns some connections that are due because nobody has renewed them for so long. If more than
   * {@code limit} are due, each call returns different ones. Connections that cannot be renewed
   * therefore do not block others.
   */
  List<ConnectionId> due(ClientName client, int limit);

  /** Removes a connection and everything that is cached of it, and tells every replica. */
  boolean remove(TokenOwner owner);

  /**
   * Returns some connections of a client in the order of their ids.
   *
   * @param after the last id of the previous page; null for the first page
   */
  ConnectionPage page(ClientName client, @Nullable ConnectionId after, int limit);

  ConnectionCounts count(ClientName client);

  /**
   * Returns whether stored data survives a restart of the store, as far as the store reports it.
   */
  Durability durability();

  /** Returns whether the store deletes data when its memory is full, as far as it reports that. */
  Eviction eviction();

  /**
   * A connection and its refresh token.
   *
   * @param revision identifies the refresh token and reveals nothing about it
   */
  record StoredConnection(Connection connection, RefreshToken refreshToken, String revision) {}

  /**
   * A newer refresh token.
   *
   * @param sealed the value to store, with its connection, so that the same change can be repeated
   * @param expiresAt when the access token that came with it expires
   * @param version the version of the connection
   */
  record Rotation(String sealed, Instant expiresAt, long version) {
    @Override
    public String toString() {
      return "Rotation[redacted]";
    }
  }

  /** Returns the form in which {@link #rotate} takes a connection and its newer refresh token. */
  Rotation rotation(TokenOwner owner, Connection connection, RefreshToken next);

  /**
   * A page of connections.
   *
   * @param unreadable the connections of which only the id can be read
   * @param next the last id of this page if there is another page, else null
   */
  record ConnectionPage(
      List<Connection> connections, List<ConnectionId> unreadable, @Nullable ConnectionId next) {}

  /**
   * The number of connections that a client has.
   *
   * @param overdue those whose renewal was due more than {@link #OVERDUE_AFTER} ago
   */
  record ConnectionCounts(long active, long reconnectRequired, long overdue) {

    ConnectionCounts plus(ConnectionCounts other) {
      return new ConnectionCounts(
          active + other.active,
          reconnectRequired + other.reconnectRequired,
          overdue + other.overdue);
    }
  }

  /** How long after its due time a connection that was not renewed is in danger. */
  Duration OVERDUE_AFTER = Duration.ofDays(1);

  /** Whether the store keeps data across a restart. */
  enum Durability {
    DURABLE,
    /** A restart of the store loses connections. */
    VOLATILE,
    UNKNOWN
  }

  /** Whether the store deletes data when its memory is full. */
  enum Eviction {
    NONE,
    /**
     * The store may delete connections, or the claims without which two replicas may use the same
     * refresh token. It deletes claims first, because they expire soonest.
     */
    POSSIBLE,
    UNKNOWN
  }
}
