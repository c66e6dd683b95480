package tokenbroker.redis;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import tokenbroker.callers.Caller;
import tokenbroker.connections.Authorization;
import tokenbroker.connections.AuthorizationId;
import tokenbroker.connections.AuthorizationStore.Outcome;
import tokenbroker.connections.Connection;
import tokenbroker.connections.Connection.State;
import tokenbroker.connections.ConnectionStore.Held;
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
    json.set("from", SealedProvenance.json(connection.provenance()));
    return seal.seal(key, json.toString());
  }

  /**
   * Opens a connection; empty where it does not open.
   *
   * @param state as it is kept beside it
   */
  Optional<Held> connection(
      String key, ConnectionId id, String sealed, String revision, String state) {
    return opened(
        key,
        sealed,
        json ->
            new Held(
                new Connection(
                    id,
                    json.path("user_id").textValue(),
                    json.path("user_email").textValue(),
                    state.equals(State.ACTIVE.word()) ? State.ACTIVE : State.RECONNECT_REQUIRED,
                    Instant.ofEpochMilli(json.required("connected_at").longValue()),
                    Instant.ofEpochMilli(json.required("expires_at").longValue()),
                    SealedProvenance.of(json.required("from"))),
                new RefreshToken(json.required("refresh_token").textValue()),
                revision));
  }

  String authorization(String key, Authorization authorization) {
    var json = JSON.createObjectNode();
    json.put("return_to", authorization.returnTo());
    json.put("state", authorization.state());
    json.put("verifier", authorization.verifier());
    json.put("issuer", authorization.asked().issuer());
    json.put("subject", authorization.asked().subject());
    json.put("trace_id", authorization.traceId());
    json.set("from", SealedProvenance.json(authorization.provenance()));
    return seal.seal(key, json.toString());
  }

  /** Opens an authorization; empty where it does not open. */
  Optional<Authorization> authorization(String key, AuthorizationId id, String sealed) {
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
                json.required("trace_id").textValue(),
                SealedProvenance.of(json.required("from"))));
  }

  String outcome(String key, Outcome outcome) {
    var json = JSON.createObjectNode();
    json.put("parameter", outcome.parameter());
    json.put("value", outcome.value());
    return seal.seal(outcomeOf(key), json.toString());
  }

  /** Opens the outcome of an authorization; empty if it does not open. */
  Optional<Outcome> outcome(String key, String sealed) {
    return opened(
        outcomeOf(key),
        sealed,
        json ->
            new Outcome(
                json.required("parameter").textValue(), json.required("value").textValue()));
  }

  /** Another context than the authorization's own, so that neither opens in place of the other. */
  private static String outcomeOf(String key) {
    return key + ":outcome";
  }

  /** What is thrown of a value that is needed and does not open. */
  static StoreUnavailable unreadable() {
    return new StoreUnavailable("a value that does not open");
  }

  private <T> Optional<T> opened(String key, String sealed, Function<JsonNode, T> reader) {
    try {
      var plain = seal.open(key, sealed);
      if (plain.isPresent()) {
        return Optional.of(reader.apply(JSON.readTree(plain.get())));
      }
    } catch (JsonProcessingException | IllegalArgumentException | NullPointerException e) {
      // Said below: what was sealed is not repeated.
    }
    countUnreadable.run();
    return Optional.empty();
  }
}
