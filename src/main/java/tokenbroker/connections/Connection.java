package tokenbroker.connections;

import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tokenbroker.tokens.AccessToken;
import tokenbroker.tokens.ConnectionId;
import tokenbroker.tokens.Provenance;

/**
 * A TrackMage account whose owner granted access to one of our clients.
 *
 * @param userId TrackMage's id of the owner; null if TrackMage returned none
 * @param userEmail the owner's email address, which is personal data; null if TrackMage returned
 *     none
 * @param connectedAt when the owner last granted access
 * @param expiresAt when the latest access token expires
 * @param provenance the server and TrackMage client that the owner allowed; the refresh token is
 *     sent to no other
 * @param version the number of refresh tokens that the connection has had
 */
public record Connection(
    ConnectionId id,
    @Nullable String userId,
    @Nullable String userEmail,
    State state,
    Instant connectedAt,
    Instant expiresAt,
    Provenance provenance,
    long version) {

  /** Whether the connection's tokens can be renewed. */
  public enum State {
    ACTIVE,
    /** The refresh token is dead, and only the owner can bring a new one by connecting again. */
    RECONNECT_REQUIRED;

    /** Returns the value in responses and in the store. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Returns a connection for a user who has just granted access, with a new random id. */
  static Connection of(AccessToken token) {
    return new Connection(
        new ConnectionId(RandomTexts.id()),
        token.userId(),
        token.userEmail(),
        State.ACTIVE,
        token.life().requestedAt(),
        token.life().requestedAt().plus(token.lifetime()),
        token.provenance(),
        1);
  }

  /** Returns whether both connections belong to the same TrackMage user; false if unknown. */
  public boolean hasUserOf(Connection other) {
    return userId != null
        ? userId.equals(other.userId)
        : userEmail != null && other.userId == null && userEmail.equals(other.userEmail);
  }

  /** Returns this connection under the id of the user's former connection, which it replaces. */
  public Connection replacing(Connection former) {
    return new Connection(
        former.id,
        userId,
        userEmail,
        state,
        connectedAt,
        expiresAt,
        provenance,
        former.version + 1);
  }

  /** Returns this connection in another state. */
  public Connection in(State other) {
    return new Connection(
        id, userId, userEmail, other, connectedAt, expiresAt, provenance, version);
  }

  /** Returns this connection as active, with an access token that expires at {@code end}. */
  public Connection until(Instant end) {
    return new Connection(
        id, userId, userEmail, State.ACTIVE, connectedAt, end, provenance, version);
  }

  /** Returns this connection with the version of a newer refresh token. */
  public Connection rotated() {
    return new Connection(
        id, userId, userEmail, state, connectedAt, expiresAt, provenance, version + 1);
  }

  @Override
  public String toString() {
    return "Connection[id=" + id + ", state=" + state + "]";
  }
}
