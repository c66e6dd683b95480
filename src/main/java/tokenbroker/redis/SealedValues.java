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
 * Tokens, failures and claims as sealed JSON. Redis tells when they end, in time left, so that the
 * clocks of replicas may differ. What is sealed bounds that time: somebody who can write to Redis
 * cannot make a token live longer, nor a failure or a claim silence anybody.
 */
final class SealedValues {

  /** How long a failure outlives its next attempt, so that the next one in a row can count on. */
  static final Duration FAILURE_REMEMBERED = Duration.ofSeconds(60);

  /**
   * How far the clocks of two replicas may be apart before a value ends early for one of them. For
   * as long can an old value be stored again.
   */
  static final Duration CLOCK_TOLERANCE = Duration.ofMinutes(2);

  private static final JsonMapper JSON = new JsonMapper();

  private final Seal seal;
  private final TokenVersions versions = new TokenVersions();

  SealedValues(Seal seal) {
    this.seal = seal;
  }

  /** Returns the version for a token that is sealed next. */
  long nextVersion(String key, Now now) {
    return versions.next(key, now.wall());
  }

  /** The token of this version is stored: none before it will do from now on. */
  void stored(String key, long version) {
    versions.seen(key, version);
  }

  String token(String key, AccessToken token, long version, Now now) {
    return seal.seal(key, TokenJson.of(token, now).put("version", version).toString());
  }

  /**
   * Opens a token, unless this replica has seen a newer one.
   *
   * @param timeLeft as Redis tells it; negative where the key has no end, which none of ours has
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
    json.put("attempts", failure.attempts());
    json.put("pause", failure.at().until(failure.retryAt()).toMillis());
    json.put("retry_at", now.wall().plus(now.moment().until(failure.retryAt())).toEpochMilli());
    json.set("from", SealedProvenance.json(failure.provenance()));
    return seal.seal(key, json.toString());
  }

  /**
   * Opens a failure.
   *
   * @param timeLeft as Redis tells it, {@link #FAILURE_REMEMBERED} longer than to the next attempt;
   *     negative if the key has no end
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
        json.required("attempts").intValue(),
        retryAt.minus(pause),
        retryAt,
        SealedProvenance.of(json.required("from")));
  }

  /** The claim of something that may be done once in a period. */
  String claim(String key, Duration period, Now now) {
    var json = JSON.createObjectNode();
    json.put("ends_at", now.wall().plus(period).toEpochMilli());
    return seal.seal(key, json.toString());
  }

  /**
   * Opens a claim, and returns how much of its period is left.
   *
   * @param timeLeft as Redis tells it; negative if the key has no end
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
   * Whether a value ended too long ago to be there still, or was made in the future, even if the
   * clocks of two replicas differ.
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
