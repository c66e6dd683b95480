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
    var pause = failed.retryAfter();
    if (pause == null) {
      pause =
          switch (failed.cause()) {
            case OAuthError _ -> AFTER_REJECTION;
            case Local.RECONNECT_REQUIRED -> AFTER_REJECTION;
            case Outage _, InvalidResponse _, Local _ -> pause(attempts);
          };
    }
    return new UpstreamFailure(failed.cause(), attempts, now, now.plus(pause), provenance);
  }

  private Duration pause(int attempts) {
    var first = (double) range.first().toMillis();
    var doubled = first * Math.pow(2, Math.min(attempts - 1, ENOUGH_DOUBLINGS));
    var millis = Math.min(doubled, (double) range.longest().toMillis());
    return Duration.ofMillis((long) Math.ceil(millis * (1 - JITTER * random.getAsDouble())));
  }
}
