package tokenbroker.tokens;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;
import tokenbroker.config.BackoffRange;
import tokenbroker.config.BrokerConfig;
import tokenbroker.time.Moment;
import tokenbroker.tokens.FetchResult.Failed;
import tokenbroker.tokens.FetchResult.InvalidResponse;
import tokenbroker.tokens.FetchResult.ReconnectRequired;
import tokenbroker.tokens.FetchResult.Rejected;
import tokenbroker.tokens.FetchResult.TimedOut;
import tokenbroker.tokens.FetchResult.Unavailable;
import tokenbroker.tokens.UpstreamFailure.Kind;

/**
 * When a failed fetch is tried again: doubling, jittered downwards by up to a quarter; a rejection
 * not before 30 s.
 */
@Singleton
public class Backoff {

  static final Duration AFTER_REJECTION = Duration.ofSeconds(30);
  private static final double JITTER = 0.25;
  private static final int ENOUGH_DOUBLINGS = 30;

  private final BackoffRange range;
  private final DoubleSupplier random;

  @Inject
  Backoff(BrokerConfig config) {
    this(config.upstream().backoff(), () -> ThreadLocalRandom.current().nextDouble());
  }

  /**
   * @param random numbers in [0, 1)
   */
  Backoff(BackoffRange range, DoubleSupplier random) {
    this.range = range;
    this.random = random;
  }

  /**
   * @param before the failure before this one, with the same credentials; null where the last fetch
   *     went well
   */
  UpstreamFailure after(
      Failed failed, @Nullable UpstreamFailure before, Provenance provenance, Moment now) {
    var attempts = before == null ? 1 : before.attempts() + 1;
    var known =
        switch (failed) {
          case Rejected(var error) ->
              new Known(Kind.REJECTED, error, error.code(), AFTER_REJECTION);
          case Unavailable(var reason, var retryAfter) ->
              new Known(Kind.UNAVAILABLE, null, reason, retryAfter);
          case InvalidResponse(var reason) -> new Known(Kind.INVALID_RESPONSE, null, reason, null);
          case ReconnectRequired() ->
              new Known(Kind.RECONNECT_REQUIRED, null, "reconnect_required", AFTER_REJECTION);
          case TimedOut() -> new Known(Kind.TIMED_OUT, null, "timeout", null);
        };
    var pause = known.pause == null ? pause(attempts) : known.pause;
    return new UpstreamFailure(
        known.kind, known.error, known.reason, attempts, now, now.plus(pause), provenance);
  }

  /**
   * What a failure is remembered as.
   *
   * @param pause until the next attempt; null if it depends on the number of attempts
   */
  private record Known(
      Kind kind, @Nullable OAuthError error, String reason, @Nullable Duration pause) {}

  private Duration pause(int attempts) {
    var first = (double) range.first().toMillis();
    var doubled = first * Math.pow(2, Math.min(attempts - 1, ENOUGH_DOUBLINGS));
    var millis = Math.min(doubled, (double) range.longest().toMillis());
    return Duration.ofMillis((long) Math.ceil(millis * (1 - JITTER * random.getAsDouble())));
  }
}
