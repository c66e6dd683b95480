package tokenbroker.callers;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import tokenbroker.callers.ReviewVerdict.Authenticated;
import tokenbroker.callers.ReviewVerdict.Busy;
import tokenbroker.callers.ReviewVerdict.Denied;
import tokenbroker.callers.ReviewVerdict.Failed;
import tokenbroker.config.BrokerConfig.Unreviewed;
import tokenbroker.time.Moment;
import tokenbroker.time.Ticker;

/**
 * The reviews of one issuer's JWTs: one of a JWT at a time, a few at once. While the API server
 * gives no verdicts, nearly all JWTs are answered at once.
 */
final class TokenReviews {

  private static final int MOST_AT_ONCE = 16;
  private static final int MOST_CALLERS_WAITING = 256;
  private static final int MOST_IN_BACKGROUND = 64;

  private final String issuer;
  private final Unreviewed unreviewed;
  private final TokenReviewer reviewer;
  private final ReviewOutage outage;
  private final CallerMetrics metrics;
  private final Ticker ticker;
  private final Semaphore atOnce = new Semaphore(MOST_AT_ONCE, true);
  private final Semaphore callers = new Semaphore(MOST_CALLERS_WAITING);
  private final Semaphore background = new Semaphore(MOST_IN_BACKGROUND);

  /** Bounded by the two semaphores above. */
  private final ConcurrentMap<Digest, CompletableFuture<ReviewVerdict>> underWay =
      new ConcurrentHashMap<>();

  TokenReviews(
      IssuerSettings issuer, ReviewSettings settings, CallerMetrics metrics, Ticker ticker) {
    this.issuer = issuer.name();
    this.unreviewed = settings.unreviewed();
    this.reviewer = new TokenReviewer(settings, issuer.audience());
    this.outage = new ReviewOutage(issuer.name(), settings.unreviewed(), ticker);
    this.metrics = metrics;
    this.ticker = ticker;
  }

  ReviewOutage outage() {
    return outage;
  }

  /** Whether a JWT that cannot be reviewed is good by its signature alone. */
  boolean areOptional() {
    return unreviewed == Unreviewed.ACCEPT;
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
   * @param ends gets the verdict
   */
  void reviewInBackground(
      Digest digest, String jwt, BooleanSupplier begins, Consumer<ReviewVerdict> ends) {
    if (!background.tryAcquire()) {
      return;
    }
    if (!begins.getAsBoolean()) {
      background.release();
      return;
    }
    Thread.ofVirtual()
        .name("token review")
        .start(
            () -> {
              try {
                ends.accept(once(digest, jwt));
              } finally {
                background.release();
              }
            });
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
    if (outage.isPaused() || !hasTurn()) {
      return noVerdict();
    }
    try {
      if (!outage.mayTry()) {
        return noVerdict();
      }
      var verdict = reviewer.review(jwt);
      note(verdict);
      return verdict;
    } finally {
      atOnce.release();
    }
  }

  private Failed noVerdict() {
    return new Failed(Objects.requireNonNullElse(outage.reason(), "no answer in time"));
  }

  private boolean hasTurn() {
    try {
      return atOnce.tryAcquire(TokenReviewer.TIME_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void note(ReviewVerdict verdict) {
    switch (verdict) {
      case Authenticated _ -> noteVerdict("ok");
      case Denied _ -> noteVerdict("refused");
      case Failed _ when Thread.currentThread().isInterrupted() -> {
        // The broker ends, and so did this review.
      }
      case Failed(var reason) -> {
        metrics.reviewed(issuer, "failed");
        outage.goesOn(reason);
      }
      case Busy _ -> {}
    }
  }

  private void noteVerdict(String result) {
    metrics.reviewed(issuer, result);
    outage.ended();
  }
}
