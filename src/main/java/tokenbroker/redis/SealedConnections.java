package tokenbroker.redis;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.Instant;
import java.util.Set;
import java.util.function.Function;
import tokenbroker.callers.Caller;
import tokenbroker.connections.Authorization;
import tokenbroker.connections.AuthorizationId;
import tokenbroker.connections.Connection;
import tokenbroker.connections.Connection.State;
import tokenbroker.seal.Seal;
import tokenbroker.tokens.ConnectionId;
import tokenbroker.tokens.RefreshToken;
import tokenbroker.tokens.StoreUnavailable;

/**
 * Connections and authorizations as sealed JSON. What cannot be read is no miss here, but a fault
 * of the store: a missing seal key must not cost anybody a connection.
 */
final class SealedConnections {

  private static final JsonMapper JSON = new JsonMapper();

  private final Seal seal;
  private final Runnable unreadable;

  /**
   * @param unreadable told of each value that does not open
   */
  SealedConnections(Seal seal, Runnable unreadable) {
    this.seal = seal;
    this.unreadable = unreadable;
  }

  /** The part of a connection that stays. */
  String about(String key, Connection connection) {
    var json = JSON.createObjectNode();
    json.put("user_id", connection.userId());
    json.put("user_email", connection.userEmail());
    json.put("connected_at", connection.connectedAt().toEpochMilli());
    return seal.seal(key, json.toString());
  }

  /** The part that each renewal replaces. */
  String refresh(String key, RefreshToken token, Instant expiresAt) {
    var json = JSON.createObjectNode();
    json.put("refresh_token", token.reveal());
    json.put("expires_at", expiresAt.toEpochMilli());
    return seal.seal(key, json.toString());
  }

  RefreshToken refreshToken(String key, String sealed) {
    return opened(
        key, sealed, json -> new RefreshToken(json.required("refresh_token").textValue()));
  }

  Connection connection(
      String key, ConnectionId id, String sealedAbout, String sealedRefresh, String state) {
    var expiresAt =
        opened(
            key,
            sealedRefresh,
            json -> Instant.ofEpochMilli(json.required("expires_at").longValue()));
    return opened(
        key,
        sealedAbout,
        json ->
            new Connection(
                id,
                json.path("user_id").textValue(),
                json.path("user_email").textValue(),
                state.equals(State.ACTIVE.word()) ? State.ACTIVE : State.RECONNECT_REQUIRED,
                Instant.ofEpochMilli(json.required("connected_at").longValue()),
                expiresAt));
  }

  String authorization(String key, Authorization authorization) {
    var json = JSON.createObjectNode();
    json.put("return_to", authorization.returnTo());
    json.put("state", authorization.state());
    json.put("verifier", authorization.verifier());
    json.put("issuer", authorization.asked().issuer());
    json.put("subject", authorization.asked().subject());
    json.put("trace_id", authorization.traceId());
    return seal.seal(key, json.toString());
  }

  Authorization authorization(String key, AuthorizationId id, String sealed) {
    return opened(
        key,
        sealed,
        json ->
            new Authorization(
                id,
                json.required("return_to").textValue(),
                json.path("state").textValue(),
                json.required("verifier").textValue(),
                new Caller(
                    json.required("issuer").textValue(),
                    json.required("subject").textValue(),
                    Set.of()),
                json.required("trace_id").textValue()));
  }

  private <T> T opened(String key, String sealed, Function<JsonNode, T> reader) {
    try {
      var plain = seal.open(key, sealed);
      if (plain.isPresent()) {
        return reader.apply(JSON.readTree(plain.get()));
      }
    } catch (JsonProcessingException | IllegalArgumentException | NullPointerException e) {
      // Said below: what was sealed is not repeated.
    }
    unreadable.run();
    throw new StoreUnavailable("a value that does not open");
  }
}
