package tokenbroker.callers;

import java.time.Duration;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import tokenbroker.config.BrokerConfig.Unreviewed;
import tokenbroker.time.Ticker;

/**
 * Whether the API server gives verdicts on an issuer's JWTs. While it gives none, one JWT in two
 * seconds tries, and the log has a line a minute. Thread-safe; never blocks.
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

  /** Returns why the last review gave no verdict; null if it gave one. */
  @Nullable String reason() {
    return reason;
  }

  /** Whether no review can be tried yet. */
  boolean isPaused() {
    return reason != null && !trial.isDue(ticker.now());
  }

  /** Whether this thread is to make its review: during an outage, one in two seconds is. */
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
          "The API server reviews no tokens of issuer %s: %s. %s.",
          issuer,
          reason,
          switch (unreviewed) {
            case ACCEPT -> "Callers are accepted by their signature alone";
            case REFUSE -> "Callers that it has not reviewed lately get 503";
          });
    }
  }
}
