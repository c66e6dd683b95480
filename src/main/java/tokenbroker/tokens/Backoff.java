package tokenbroker.tokens;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;
import tokenbroker.config.BackoffRange;
import tokenbroker.config.BrokerConfig;
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
      Failed failed, @Nullable UpstreamFailure before, String credentialsVersion, Instant now) {
    var attempts = before == null ? 1 : before.attempts() + 1;
    return switch (failed) {
      case Rejected(var error) ->
          new UpstreamFailure(
              Kind.REJECTED,
              error,
              error.code(),
              attempts,
              now,
              now.plus(AFTER_REJECTION),
              credentialsVersion);
      case Unavailable(var reason, var retryAfter) -> {
        var pause = retryAfter == null ? pause(attempts) : retryAfter;
        yield new UpstreamFailure(
            Kind.UNAVAILABLE, null, reason, attempts, now, now.plus(pause), credentialsVersion);
      }
      case InvalidResponse(var reason) ->
          new UpstreamFailure(
              Kind.INVALID_RESPONSE,
              null,
              reason,
              attempts,
              now,
              now.plus(pause(attempts)),
              credentialsVersion);
      case ReconnectRequired() ->
          new UpstreamFailure(
              Kind.RECONNECT_REQUIRED,
              null,
              "reconnect_required",
              attempts,
              now,
              now.plus(AFTER_REJECTION),
              credentialsVersion);
      case TimedOut() ->
          new UpstreamFailure(
              Kind.TIMED_OUT,
              null,
              "timeout",
              attempts,
              now,
              now.plus(pause(attempts)),
              credentialsVersion);
    };
  }

  private Duration pause(int attempts) {
    var first = (double) range.first().toMillis();
    var doubled = first * Math.pow(2, Math.min(attempts - 1, ENOUGH_DOUBLINGS));
    var millis = Math.min(doubled, (double) range.longest().toMillis());
    return Duration.ofMillis((long) Math.ceil(millis * (1 - JITTER * random.getAsDouble())));
  }
}
