package tokenbroker.callers;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import tokenbroker.callers.ReviewVerdict.Authenticated;
import tokenbroker.callers.ReviewVerdict.Busy;
import tokenbroker.callers.ReviewVerdict.Denied;
import tokenbroker.callers.ReviewVerdict.Failed;
import tokenbroker.config.BrokerConfig.Unreviewed;
import tokenbroker.time.Moment;
import tokenbroker.time.Ticker;

/**
 * The reviews of one issuer's JWTs: one of a JWT at a time, a few at once. While the API server gives
 * no verdict, one JWT asks it every two seconds and all others are answered at once.
 */
final class TokenReviews {

  /** While reviews fail, so long after one before the next one. */
  static final Duration PAUSE = Duration.ofSeconds(2);

  private static final Logger LOG = Logger.getLogger(TokenReviews.class);
  private static final Duration LOG_PAUSE = Duration.ofMinutes(1);
  private static final int MOST_AT_ONCE = 16;
  private static final int MOST_CALLERS_WAITING = 256;
  private static final int MOST_IN_BACKGROUND = 64;

  private final String issuer;
  private final Unreviewed unreviewed;
  private final TokenReviewer reviewer;
  private final CallerMetrics metrics;
  private final Ticker ticker;
  private final Semaphore atOnce = new Semaphore(MOST_AT_ONCE, true);
  private final Semaphore callers = new Semaphore(MOST_CALLERS_WAITING);
  private final Semaphore background = new Semaphore(MOST_IN_BACKGROUND);

  /** Bounded by the two semaphores above. */
  private final ConcurrentMap<Digest, CompletableFuture<ReviewVerdict>> underWay =
      new ConcurrentHashMap<>();

  private final AtomicReference<Moment> notBefore;
  private final AtomicReference<Moment> logNotBefore;
  private volatile @Nullable String failure;

  TokenReviews(
      IssuerSettings issuer, ReviewSettings settings, CallerMetrics metrics, Ticker ticker) {
    this.issuer = issuer.name();
    this.unreviewed = settings.unreviewed();
    this.reviewer = new TokenReviewer(settings, issuer.audience());
    this.metrics = metrics;
    this.ticker = ticker;
    this.notBefore = new AtomicReference<>(ticker.now());
    this.logNotBefore = new AtomicReference<>(ticker.now());
  }

  /** Returns why there are no verdicts; null if there are. */
  @Nullable String failure() {
    return failure;
  }

  /** Whether a JWT that cannot be reviewed is good by its signature alone. */
  boolean areOptional() {
    return unreviewed == Unreviewed.ACCEPT;
  }

  /** Returns the time until a review is tried again while reviews fail. */
  Duration untilNext() {
    return ticker.now().until(notBefore.get());
  }

  Moment now() {
    return ticker.now();
  }

  /** Reviews a JWT for a caller who waits. Blocks, for a few seconds at most. */
  ReviewVerdict review(Digest digest, String jwt) {
    if (!callers.tryAcquire()) {
      return new Busy();
    }
    try {
      return once(digest, jwt);
    } finally {
      callers.release();
    }
  }

  /**
   * Starts a review for which nobody waits, unless too many are under way. Never blocks.
   *
   * @param begins decides, once there is room, whether the review is made
   */
  void reviewInBackground(Digest digest, String jwt, Begins begins, Ends ends) {
    if (!background.tryAcquire()) {
      return;
    }
    if (!begins.now()) {
      background.release();
      return;
    }
    Thread.ofVirtual()
        .name("token review")
        .start(
            () -> {
              try {
                ends.with(once(digest, jwt));
              } finally {
                background.release();
              }
            });
  }

  /** Whether a review is to be made. */
  interface Begins {
    boolean now();
  }

  /** What to do with a verdict. */
  interface Ends {
    void with(ReviewVerdict verdict);
  }

  /** Those who bring the same JWT meanwhile share the verdict. */
  private ReviewVerdict once(Digest digest, String jwt) {
    var mine = new CompletableFuture<ReviewVerdict>();
    var others = underWay.putIfAbsent(digest, mine);
    if (others != null) {
      return others.join();
    }
    try {
      mine.complete(verdict(jwt));
    } finally {
      mine.complete(new Failed("the review was broken off"));
      underWay.remove(digest, mine);
    }
    return mine.join();
  }

  private ReviewVerdict verdict(String jwt) {
    var known = failure;
    if (known != null && ticker.now().isBefore(notBefore.get())) {
      return new Failed(known);
    }
    if (!hasTurn()) {
      return new Failed("too many reviews are under way");
    }
    try {
      var stillKnown = failure;
      if (stillKnown != null && !isToTry()) {
        return new Failed(stillKnown);
      }
      var verdict = reviewer.review(jwt);
      note(verdict);
      return verdict;
    } finally {
      atOnce.release();
    }
  }

  private boolean hasTurn() {
    try {
      return atOnce.tryAcquire(TokenReviewer.TIME_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Of all who come while reviews fail, the one who moves the time on tries. */
  private boolean isToTry() {
    var before = notBefore.get();
    var now = ticker.now();
    return !now.isBefore(before) && notBefore.compareAndSet(before, now.plus(PAUSE));
  }

  private void note(ReviewVerdict verdict) {
    switch (verdict) {
      case Authenticated _ -> worked("ok");
      case Denied _ -> worked("refused");
      case Failed(var reason) -> failed(reason);
      case Busy _ -> {}
    }
  }

  private void worked(String result) {
    metrics.reviewed(issuer, result);
    if (failure != null) {
      failure = null;
      LOG.infof("The API server reviews tokens of issuer %s again", issuer);
    }
  }

  private void failed(String reason) {
    if (Thread.currentThread().isInterrupted()) {
      return; // The broker ends, and so did this review.
    }
    metrics.reviewed(issuer, "failed");
    var now = ticker.now();
    notBefore.set(now.plus(PAUSE));
    failure = reason;
    var next = logNotBefore.get();
    if (!now.isBefore(next) && logNotBefore.compareAndSet(next, now.plus(LOG_PAUSE))) {
      LOG.warnf(
          "The API server reviews no tokens of issuer %s: %s. %s.",
          issuer,
          reason,
          areOptional()
              ? "Callers are accepted by their signature alone"
              : "Callers that it has not reviewed lately get 503");
    }
  }
}
