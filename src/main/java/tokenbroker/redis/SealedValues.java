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
import tokenbroker.tokens.FailureCause;
import tokenbroker.tokens.UpstreamFailure;

/**
 * Tokens, failures and claims as sealed JSON. Redis returns their remaining time, so the clocks of
 * replicas may differ. The sealed content limits that time. Somebody who can write to Redis cannot
 * make a token live longer, nor block fetches with a failure or a claim.
 */
final class SealedValues {

  /**
   * How long a failure is kept after its next attempt is due, so that the next failure can continue
   * its count.
   */
  static final Duration FAILURE_REMEMBERED = Duration.ofSeconds(60);

  /**
   * How far the clocks of two replicas may differ before a value expires early for one of them. An
   * old value can be replayed for as long.
   */
  static final Duration CLOCK_TOLERANCE = Duration.ofMinutes(2);

  private static final JsonMapper JSON = new JsonMapper();

  private final Seal seal;
  private final TokenVersions versions = new TokenVersions();

  SealedValues(Seal seal) {
    this.seal = seal;
  }

  /** Returns the version for the token that is sealed next. */
  long nextVersion(String key, Now now) {
    return versions.next(key, now.wall());
  }

  /**
   * Records that the token of this version is stored. Earlier versions are rejected from now on.
   */
  void stored(String key, long version) {
    versions.seen(key, version);
  }

  String token(String key, AccessToken token, long version, Now now) {
    return seal.seal(key, TokenJson.of(token, now).put("version", version).toString());
  }

  /**
   * Returns the token; empty if it cannot be opened or this replica has seen a newer one.
   *
   * @param timeLeft the remaining time as Redis returns it; negative if the key has no expiry,
   *     which the broker never writes
   */
  Optional<AccessToken> token(String key, String sealed, Duration timeLeft, Now now) {
    return opened(
        key,
        sealed,
        json ->
            isLongerThan(timeLeft, TokenJson.lifetime(json))
                    || !versions.seen(key, json.required("version").longValue())
                ? null
                : TokenJson.token(json, timeLeft, now));
  }

  String failure(String key, UpstreamFailure failure, Now now) {
    var json = JSON.createObjectNode();
    json.put("cause", failure.cause().label());
    json.put("detail", failure.detail());
    json.put("attempts", failure.attempts());
    if (failure.lastSuccess() != null) {
      json.put("last_success", failure.lastSuccess().toEpochMilli());
    }
    json.put("pause", failure.at().until(failure.retryAt()).toMillis());
    json.put("retry_at", now.wall().plus(now.moment().until(failure.retryAt())).toEpochMilli());
    json.set("from", SealedProvenance.json(failure.provenance()));
    return seal.seal(key, json.toString());
  }

  /**
   * Returns the failure; empty if it cannot be opened.
   *
   * @param timeLeft the remaining time as Redis returns it, which is {@link #FAILURE_REMEMBERED}
   *     longer than to the next attempt; negative if the key has no expiry
   */
  Optional<UpstreamFailure> failure(String key, String sealed, Duration timeLeft, Now now) {
    return opened(
        key,
        sealed,
        json -> {
          var pause = Duration.ofMillis(json.required("pause").longValue());
          var sealedEnd = Instant.ofEpochMilli(json.required("retry_at").longValue());
          var left = Duration.between(now.wall(), sealedEnd);
          var isMadeUp =
              isLongerThan(timeLeft, pause.plus(FAILURE_REMEMBERED))
                  || isBeyondTolerance(left, pause, FAILURE_REMEMBERED);
          return isMadeUp
              ? null
              : failure(
                  json,
                  pause,
                  now.moment()
                      .plus(
                          shorter(timeLeft.minus(FAILURE_REMEMBERED), left.plus(CLOCK_TOLERANCE))));
        });
  }

  private static UpstreamFailure failure(JsonNode json, Duration pause, Moment retryAt) {
    return new UpstreamFailure(
        FailureCause.labelled(JsonFields.text(json, "cause"))
            .orElseThrow(() -> new IllegalArgumentException("an unknown cause")),
        json.path("detail").textValue(),
        json.required("attempts").intValue(),
        retryAt.minus(pause),
        retryAt,
        SealedProvenance.of(json.required("from")),
        json.has("last_success")
            ? Instant.ofEpochMilli(json.path("last_success").longValue())
            : null);
  }

  /** Seals a claim of an action that is allowed once in a period. */
  String claim(String key, Duration period, Now now) {
    var json = JSON.createObjectNode();
    json.put("ends_at", now.wall().plus(period).toEpochMilli());
    return seal.seal(key, json.toString());
  }

  /**
   * Returns how much of a claim's period is left; empty if the claim cannot be opened.
   *
   * @param timeLeft the remaining time as Redis returns it; negative if the key has no expiry
   */
  Optional<Duration> claim(String key, String sealed, Duration timeLeft, Duration period, Now now) {
    return opened(
        key,
        sealed,
        json -> {
          var sealedEnd = Instant.ofEpochMilli(json.required("ends_at").longValue());
          var left = Duration.between(now.wall(), sealedEnd);
          return isLongerThan(timeLeft, period) || isBeyondTolerance(left, period, Duration.ZERO)
              ? null
              : timeLeft;
        });
  }

  private static boolean isLongerThan(Duration timeLeft, Duration longest) {
    return timeLeft.isNegative() || timeLeft.compareTo(longest) > 0;
  }

  /**
   * Returns whether a value expired too long ago to still exist, or was made in the future. The
   * tolerance for different clocks is included.
   */
  private static boolean isBeyondTolerance(Duration left, Duration longest, Duration after) {
    return left.plus(after).plus(CLOCK_TOLERANCE).isNegative()
        || left.compareTo(longest.plus(CLOCK_TOLERANCE)) > 0;
  }

  private <T> Optional<T> opened(
      String key, String sealed, Function<JsonNode, @Nullable T> reader) {
    try {
      var plain = seal.open(key, sealed);
      return plain.isEmpty()
          ? Optional.empty()
          : Optional.ofNullable(reader.apply(JSON.readTree(plain.get())));
    } catch (JsonProcessingException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
