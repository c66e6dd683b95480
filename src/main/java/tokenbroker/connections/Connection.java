package tokenbroker.connections;

import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
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
 */
public record Connection(
    ConnectionId id,
    @Nullable String userId,
    @Nullable String userEmail,
    State state,
    Instant connectedAt,
    Instant expiresAt,
    Provenance provenance) {

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

  Connection in(State other) {
    return new Connection(id, userId, userEmail, other, connectedAt, expiresAt, provenance);
  }

  Connection until(Instant end) {
    return new Connection(id, userId, userEmail, State.ACTIVE, connectedAt, end, provenance);
  }

  @Override
  public String toString() {
    return "Connection[id=" + id + ", state=" + state + "]";
  }
}
