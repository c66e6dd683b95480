package tokenbroker.redis;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tokenbroker.seal.Seal;
import tokenbroker.time.Moment;
import tokenbroker.time.Now;
import tokenbroker.tokens.AccessToken;
import tokenbroker.tokens.Lifespan;
import tokenbroker.tokens.OAuthError;
import tokenbroker.tokens.TokenId;
import tokenbroker.tokens.UpstreamFailure;

/**
 * Tokens and failures as sealed JSON. When they end is told by Redis, in time left, so that clocks
 * of replicas may differ; what is sealed bounds it, so that who can write to Redis cannot make a
 * token live longer.
 */
final class SealedValues {

  /** How far the clocks of two replicas may be apart before a token ends early for one of them. */
  private static final Duration CLOCK_TOLERANCE = Duration.ofMinutes(2);

  private static final JsonMapper JSON = new JsonMapper();

  private final Seal seal;

  SealedValues(Seal seal) {
    this.seal = seal;
  }

  String token(String key, AccessToken token, Now now) {
    var json = JSON.createObjectNode();
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
    return seal.seal(key, json.toString());
  }

  /**
   * Opens a token.
   *
   * @param timeLeft as Redis tells it; negative where the key has no end, which none of ours has
   */
  Optional<AccessToken> token(String key, String sealed, Duration timeLeft, Now now) {
    return opened(
        key,
        sealed,
        json -> {
          var lifetime = Duration.ofMillis(json.required("lifetime").longValue());
          var sealedEnd = Instant.ofEpochMilli(json.required("expires_at").longValue());
          if (timeLeft.isNegative() || timeLeft.compareTo(lifetime) > 0) {
            return null;
          }
          var sealedLeft = Duration.between(now.wall(), sealedEnd.plus(CLOCK_TOLERANCE));
          return new AccessToken(
              json.required("value").textValue(),
              json.path("scope").textValue(),
              json.path("user_id").textValue(),
              json.path("user_email").textValue(),
              new TokenId(json.required("token_id").textValue()),
              Lifespan.withRemaining(shorter(timeLeft, sealedLeft), lifetime, now),
              Duration.ofMillis(json.required("full_lifetime").longValue()),
              SealedProvenance.of(json.required("from")),
              json.path("short_of_min_ttl").booleanValue());
        });
  }

  String failure(String key, UpstreamFailure failure) {
    var json = JSON.createObjectNode();
    json.put("kind", failure.kind().name());
    json.put("error", failure.error() == null ? null : failure.error().code());
    json.put("reason", failure.reason());
    json.put("attempts", failure.attempts());
    json.put("pause", failure.at().until(failure.retryAt()).toMillis());
    json.set("from", SealedProvenance.json(failure.provenance()));
    return seal.seal(key, json.toString());
  }

  /**
   * Opens a failure.
   *
   * @param untilRetry negative where the next attempt is due already
   */
  Optional<UpstreamFailure> failure(String key, String sealed, Duration untilRetry, Moment now) {
    return opened(
        key,
        sealed,
        json -> {
          var error = json.path("error").textValue();
          var retryAt = now.plus(untilRetry);
          return new UpstreamFailure(
              UpstreamFailure.Kind.valueOf(json.required("kind").textValue()),
              error == null ? null : OAuthError.of(error),
              json.required("reason").textValue(),
              json.required("attempts").intValue(),
              retryAt.minus(Duration.ofMillis(json.required("pause").longValue())),
              retryAt,
              SealedProvenance.of(json.required("from")));
        });
  }

  private <T> Optional<T> opened(
      String key, String sealed, Function<JsonNode, @Nullable T> reader) {
    try {
      var plain = seal.open(key, sealed);
      return plain.isEmpty()
          ? Optional.empty()
          : Optional.ofNullable(reader.apply(JSON.readTree(plain.get())));
    } catch (JsonProcessingException | IllegalArgumentException | NullPointerException e) {
      return Optional.empty();
    }
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
