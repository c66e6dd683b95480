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
 * Connections as sealed JSON. An unreadable value is an error of the store, not a miss, because a
 * missing seal key must not cost anybody a connection.
 */
final class SealedConnections {

  private static final JsonMapper JSON = new JsonMapper();

  private final Seal seal;
  private final Runnable countUnreadable;

  /**
   * Creates a converter that uses the seal.
   *
   * @param countUnreadable called for each value that cannot be opened
   */
  SealedConnections(Seal seal, Runnable countUnreadable) {
    this.seal = seal;
    this.countUnreadable = countUnreadable;
  }

  /** Seals a connection as a whole, so that each renewal seals all of it with the newest key. */
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
   * Returns the connection; empty if it cannot be opened.
   *
   * @param state the state, which is stored beside the sealed value
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

  /** Returns the exception for a required value that cannot be opened. */
  static StoreUnavailable unreadable() {
    return new StoreUnavailable("a value cannot be decrypted");
  }

  <T> Optional<T> opened(String key, String sealed, Function<JsonNode, T> reader) {
    try {
      var plain = seal.open(key, sealed);
      if (plain.isPresent()) {
        return Optional.of(reader.apply(JSON.readTree(plain.get())));
      }
    } catch (JsonProcessingException | IllegalArgumentException e) {
      // Counted below. The sealed content is not repeated.
    }
    countUnreadable.run();
    return Optional.empty();
  }
}
