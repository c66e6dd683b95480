package tokenbroker.redis;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import tokenbroker.connections.Connection;
import tokenbroker.connections.Connection.State;
import tokenbroker.connections.ConnectionStore.StoredConnection;
import tokenbroker.seal.Seal;
import tokenbroker.tokens.ConnectionId;
import tokenbroker.tokens.RefreshToken;
import tokenbroker.tokens.StoreUnavailable;

/**
 * Connections as sealed JSON. What cannot be read is no miss here, but a fault of the store: a
 * missing seal key must not cost anybody a connection.
 */
final class SealedConnections {

  private static final JsonMapper JSON = new JsonMapper();

  private final Seal seal;
  private final Runnable countUnreadable;

  /**
   * @param countUnreadable told of each value that does not open
   */
  SealedConnections(Seal seal, Runnable countUnreadable) {
    this.seal = seal;
    this.countUnreadable = countUnreadable;
  }

  /** As a whole, so that each renewal seals all of it with the newest key. */
  String connection(String key, Connection connection, RefreshToken token) {
    var json = JSON.createObjectNode();
    json.put("user_id", connection.userId());
    json.put("user_email", connection.userEmail());
    json.put("connected_at", connection.connectedAt().toEpochMilli());
    json.put("refresh_token", token.reveal());
    json.put("expires_at", connection.expiresAt().toEpochMilli());
    json.put("version", connection.version());
    json.set("from", SealedProvenance.json(connection.provenance()));
    return seal.seal(key, json.toString());
  }

  /**
   * Opens a connection; empty where it does not open.
   *
   * @param state as it is kept beside it
   */
  Optional<StoredConnection> connection(
      String key, ConnectionId id, String sealed, String revision, String state) {
    return opened(
        key,
        sealed,
        json ->
            new StoredConnection(
                new Connection(
                    id,
                    json.path("user_id").textValue(),
                    json.path("user_email").textValue(),
                    state.equals(State.ACTIVE.word()) ? State.ACTIVE : State.RECONNECT_REQUIRED,
                    Instant.ofEpochMilli(json.required("connected_at").longValue()),
                    Instant.ofEpochMilli(json.required("expires_at").longValue()),
                    SealedProvenance.of(json.required("from")),
                    json.required("version").longValue()),
                new RefreshToken(JsonFields.text(json, "refresh_token")),
                revision));
  }

  /** What is thrown of a value that is needed and does not open. */
  static StoreUnavailable unreadable() {
    return new StoreUnavailable("a value that does not open");
  }

  <T> Optional<T> opened(String key, String sealed, Function<JsonNode, T> reader) {
    try {
      var plain = seal.open(key, sealed);
      if (plain.isPresent()) {
        return Optional.of(reader.apply(JSON.readTree(plain.get())));
      }
    } catch (JsonProcessingException | IllegalArgumentException e) {
      // Said below: what was sealed is not repeated.
    }
    countUnreadable.run();
    return Optional.empty();
  }
}
