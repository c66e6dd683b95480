package tokenbroker.redis;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.stream.StreamSupport;
import tokenbroker.callers.Caller;
import tokenbroker.connections.Authorization;
import tokenbroker.connections.Authorization.Progress;
import tokenbroker.connections.Authorization.ResultParameter;
import tokenbroker.connections.Authorization.Visits;
import tokenbroker.connections.AuthorizedAccount;
import tokenbroker.seal.Seal;
import tokenbroker.time.Now;
import tokenbroker.tokens.RefreshToken;

/**
 * Authorizations and their results as sealed JSON. Each contains its own expiry, so that whoever
 * writes to Redis cannot extend it.
 */
final class SealedAuthorizations {

  private static final JsonMapper JSON = new JsonMapper();

  private final Seal seal;
  private final SealedConnections values;

  SealedAuthorizations(Seal seal, Runnable countUnreadable) {
    this.seal = seal;
    this.values = new SealedConnections(seal, countUnreadable);
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
    json.put("expires_at", authorization.expiresAt().toEpochMilli());
    json.set("progress", json(authorization.progress()));
    return seal.seal(key, json.toString());
  }

  /** Returns the authorization; empty if it cannot be opened. */
  Optional<Authorization> authorization(String key, String sealed) {
    return values.opened(
        key,
        sealed,
        json ->
            new Authorization(
                JsonFields.text(json, "return_to"),
                JsonFields.text(json, "state"),
                JsonFields.text(json, "verifier"),
                new Caller(
                    JsonFields.text(json, "issuer"), JsonFields.text(json, "subject"), Set.of()),
                JsonFields.text(json, "trace_id"),
                SealedProvenance.of(json.required("from")),
                progress(json.required("progress")),
                Instant.ofEpochMilli(json.required("expires_at").longValue())));
  }

  private static ObjectNode json(Progress progress) {
    return switch (progress) {
      case Progress.Begun() -> JSON.createObjectNode().put("is", "begun");
      case Progress.Visited(var visits) -> json("visited", visits);
      case Progress.Claimed(var visits) -> json("claimed", visits);
      case Progress.Finished(var visits, var outcome) ->
          json("finished", visits)
              .put("parameter", outcome.parameter())
              .put("value", outcome.value());
    };
  }

  private static ObjectNode json(String is, Visits visits) {
    var json = JSON.createObjectNode().put("is", is).put("browser", visits.browser());
    visits.states().forEach(json.putArray("states")::add);
    return json;
  }

  private static Progress progress(JsonNode json) {
    return switch (JsonFields.text(json, "is")) {
      case "begun" -> new Progress.Begun();
      case "visited" -> new Progress.Visited(visits(json));
      case "claimed" -> new Progress.Claimed(visits(json));
      case "finished" ->
          new Progress.Finished(
              visits(json),
              new ResultParameter(
                  JsonFields.text(json, "parameter"), JsonFields.text(json, "value")));
      default -> throw new IllegalArgumentException("unknown state");
    };
  }

  private static Visits visits(JsonNode json) {
    return new Visits(
        JsonFields.text(json, "browser"),
        StreamSupport.stream(json.required("states").spliterator(), false)
            .map(SealedAuthorizations::state)
            .toList());
  }

  private static String state(JsonNode json) {
    if (!json.isTextual()) {
      throw new IllegalArgumentException("the state is not a text");
    }
    return json.textValue();
  }

  /** Seals a result that lasts for {@link AuthorizedAccount#LIFE} from now on. */
  String result(String key, AuthorizedAccount account, Now now) {
    var json = JSON.createObjectNode();
    json.put("state", account.state());
    json.put("refresh_token", account.refreshToken().reveal());
    json.put("expires_at", account.expiresAt().toEpochMilli());
    json.set("token", TokenJson.of(account.token(), now));
    json.put("token_left", account.token().remaining(now).toMillis());
    return seal.seal(key, json.toString());
  }

  /**
   * Returns the result; empty if it cannot be opened.
   *
   * @param left the time until it expires, as Redis returns it
   */
  Optional<AuthorizedAccount> result(String key, String sealed, Duration left, Now now) {
    return values.opened(
        key,
        sealed,
        json -> {
          var age = AuthorizedAccount.LIFE.minus(left);
          var tokenLeft = Duration.ofMillis(json.required("token_left").longValue()).minus(age);
          return new AuthorizedAccount(
              JsonFields.text(json, "state"),
              TokenJson.token(
                  json.required("token"), tokenLeft.isNegative() ? Duration.ZERO : tokenLeft, now),
              new RefreshToken(JsonFields.text(json, "refresh_token")),
              Instant.ofEpochMilli(json.required("expires_at").longValue()));
        });
  }
}
