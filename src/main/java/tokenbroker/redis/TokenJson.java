package tokenbroker.redis;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import tokenbroker.time.Now;
import tokenbroker.tokens.AccessToken;
import tokenbroker.tokens.Lifespan;
import tokenbroker.tokens.TokenId;

/**
 * A token as JSON, as part of sealed values. It contains the expiry, which limits the remaining
 * time that Redis returns.
 */
final class TokenJson {

  private TokenJson() {}

  static ObjectNode of(AccessToken token, Now now) {
    var json = JsonNodeFactory.instance.objectNode();
    json.put("value", token.value());
    json.put("scope", token.scope());
    json.put("user_id", token.userId());
    json.put("user_email", token.userEmail());
    json.put("token_id", token.id().value());
    json.put("lifetime", token.lifetime().toMillis());
    json.put("full_lifetime", token.fullLength().toMillis());
    json.put("expires_at", now.wall().plus(token.remaining(now)).toEpochMilli());
    json.set("from", SealedProvenance.json(token.provenance()));
    json.put("short_of_min_ttl", token.shortOfMinTtl());
    return json;
  }

  /**
   * Returns the whole lifetime of the token.
   *
   * @throws IllegalArgumentException if the field is missing
   */
  static Duration lifetime(JsonNode json) {
    return Duration.ofMillis(json.required("lifetime").longValue());
  }

  /**
   * Reads a token.
   *
   * @param timeLeft the remaining lifetime, by a clock that all replicas share
   * @throws IllegalArgumentException if a field is missing
   */
  static AccessToken token(JsonNode json, Duration timeLeft, Now now) {
    var sealedEnd = Instant.ofEpochMilli(json.required("expires_at").longValue());
    var sealedLeft = Duration.between(now.wall(), sealedEnd.plus(SealedValues.CLOCK_TOLERANCE));
    return new AccessToken(
        JsonFields.text(json, "value"),
        json.path("scope").textValue(),
        json.path("user_id").textValue(),
        json.path("user_email").textValue(),
        new TokenId(JsonFields.text(json, "token_id")),
        Lifespan.withRemaining(SealedValues.shorter(timeLeft, sealedLeft), lifetime(json), now),
        Duration.ofMillis(json.required("full_lifetime").longValue()),
        SealedProvenance.of(json.required("from")),
        json.path("short_of_min_ttl").booleanValue());
  }
}
