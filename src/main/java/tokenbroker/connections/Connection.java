package tokenbroker.connections;

import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tokenbroker.tokens.AccessToken;
import tokenbroker.tokens.ConnectionId;
import tokenbroker.tokens.Provenance;

/**
 * A TrackMage account whose owner allowed one of our clients.
 *
 * @param userId TrackMage's id of the owner; null where it gave none
 * @param userEmail personal data; null where TrackMage gave none
 * @param connectedAt when the owner last said yes
 * @param expiresAt the end of the access token that came last
 * @param provenance the server and the TrackMage client that the owner allowed: the refresh token
 *     goes nowhere else
 * @param version counts the refresh tokens that it has had
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

  /** Whether its tokens can be renewed. */
  public enum State {
    ACTIVE,
    /** The refresh token is dead: only its owner can bring another one. */
    RECONNECT_REQUIRED;

    /** The value on the wire and in the store. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Returns the connection of a user who has just said yes, under a new random id. */
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

  /** Returns whether both belong to one TrackMage user; false if that is not known. */
  public boolean hasUserOf(Connection other) {
    return userId != null
        ? userId.equals(other.userId)
        : userEmail != null && other.userId == null && userEmail.equals(other.userEmail);
  }

  /** Returns this connection in place of the user's former one. */
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

  /** Returns it in another state. */
  public Connection in(State other) {
    return new Connection(
        id, userId, userEmail, other, connectedAt, expiresAt, provenance, version);
  }

  /** Returns it active, with an access token that ends then. */
  public Connection until(Instant end) {
    return new Connection(
        id, userId, userEmail, State.ACTIVE, connectedAt, end, provenance, version);
  }

  /** Returns it with a newer refresh token. */
  public Connection rotated() {
    return new Connection(
        id, userId, userEmail, state, connectedAt, expiresAt, provenance, version + 1);
  }

  @Override
  public String toString() {
    return "Connection[id=" + id + ", state=" + state + "]";
  }
}
