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
import tokenbroker.tokens.FailureCause.InvalidResponse;
import tokenbroker.tokens.FailureCause.Local;
import tokenbroker.tokens.FailureCause.OAuthError;
import tokenbroker.tokens.FailureCause.Outage;
import tokenbroker.tokens.FetchResult.Failed;

/**
 * The delay before a failed fetch is retried. It doubles with each failure and is shortened by a
 * random part of up to a quarter. After a rejection it is 30 s. A delay that the upstream asked for
 * takes precedence.
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
   * Creates a backoff with the given source of randomness.
   *
   * @param random numbers in [0, 1)
   */
  Backoff(BackoffRange range, DoubleSupplier random) {
    this.range = range;
    this.random = random;
  }

  /**
   * Returns the failure to remember, with the time of the next attempt.
   *
   * @param before the previous failure with the same credentials; null if the last fetch succeeded
   */
  UpstreamFailure after(
      Failed failed, @Nullable UpstreamFailure before, Provenance provenance, Moment now) {
    var attempts = before == null ? 1 : before.attempts() + 1;
    var pause = failed.retryAfter();
    if (pause == null) {
      pause =
          switch (failed.cause()) {
            case OAuthError _ -> AFTER_REJECTION;
            case Local.RECONNECT_REQUIRED -> AFTER_REJECTION;
            case Outage _, InvalidResponse _, Local _ -> pause(attempts);
          };
    }
    return new UpstreamFailure(
        failed.cause(), failed.detail(), attempts, now, now.plus(pause), provenance);
  }

  private Duration pause(int attempts) {
    var first = (double) range.first().toMillis();
    var doubled = first * Math.pow(2, Math.min(attempts - 1, ENOUGH_DOUBLINGS));
    var millis = Math.min(doubled, (double) range.longest().toMillis());
    return Duration.ofMillis((long) Math.ceil(millis * (1 - JITTER * random.getAsDouble())));
  }
}
