package tokenbroker.callers;

import java.time.Duration;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import tokenbroker.config.BrokerConfig.Unreviewed;
import tokenbroker.time.Ticker;

/**
 * Records whether the API server gives verdicts on an issuer's JWTs. During an outage, one JWT
 * every two seconds retries, and the log gets one line a minute. Thread-safe; never blocks.
 */
final class ReviewOutage {

  static final Duration PAUSE = Duration.ofSeconds(2);

  private static final Logger LOG = Logger.getLogger(TokenReviews.class);
  private static final Duration LOG_PAUSE = Duration.ofMinutes(1);

  private final String issuer;
  private final Unreviewed unreviewed;
  private final Ticker ticker;
  private final Turn trial;
  private final Turn line;
  private volatile @Nullable String reason;
  private volatile boolean told;

  ReviewOutage(String issuer, Unreviewed unreviewed, Ticker ticker) {
    this.issuer = issuer;
    this.unreviewed = unreviewed;
    this.ticker = ticker;
    this.trial = new Turn(ticker.now());
    this.line = new Turn(ticker.now());
  }

  /** Returns why the last review gave no verdict, or null if it gave one. */
  @Nullable String reason() {
    return reason;
  }

  /** Returns whether it is too early for the next trial. */
  boolean isPaused() {
    return reason != null && !trial.isDue(ticker.now());
  }

  /**
   * Returns whether this thread may make its review. During an outage, one thread every two seconds
   * may.
   */
  boolean mayTry() {
    return reason == null || trial.take(ticker.now(), PAUSE);
  }

  /** Returns the time until the next trial. */
  Duration untilNextTrial() {
    return ticker.now().until(trial.next());
  }

  void ended() {
    reason = null;
    if (told) {
      told = false;
      LOG.infof("The API server reviews tokens of issuer %s again", issuer);
    }
  }

  void goesOn(String reason) {
    trial.next(ticker.now().plus(PAUSE));
    this.reason = reason;
    if (line.take(ticker.now(), LOG_PAUSE)) {
      told = true;
      LOG.warnf(
          "The API server does not review tokens of issuer %s: %s. %s.",
          issuer,
          reason,
          switch (unreviewed) {
            case ACCEPT -> "The broker accepts callers with a valid signature";
            case REFUSE -> "Callers without a recent review get 503";
          });
    }
  }
}
