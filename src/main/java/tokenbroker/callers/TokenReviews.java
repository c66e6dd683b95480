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
import tokenbroker.outbound.Egress;
import tokenbroker.time.Moment;
import tokenbroker.time.Ticker;

/**
 * The reviews of one issuer's JWTs: one per JWT at a time, and a few JWTs at once. While the API
 * server gives no verdicts, nearly all JWTs are answered without waiting.
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

  /** The two semaphores above bound its size. */
  private final ConcurrentMap<Digest, CompletableFuture<ReviewVerdict>> underWay =
      new ConcurrentHashMap<>();

  TokenReviews(
      IssuerSettings issuer,
      ReviewSettings settings,
      CallerMetrics metrics,
      Ticker ticker,
      Egress egress) {
    this.issuer = issuer.name();
    this.unreviewed = settings.unreviewed();
    this.reviewer = new TokenReviewer(settings, issuer.audience(), egress);
    this.outage = new ReviewOutage(issuer.name(), settings.unreviewed(), ticker);
    this.metrics = metrics;
    this.ticker = ticker;
  }

  ReviewOutage outage() {
    return outage;
  }

  /** Returns whether a JWT that cannot be reviewed is accepted by its signature alone. */
  boolean areOptional() {
    return unreviewed == Unreviewed.ACCEPT;
  }

  Moment now() {
    return ticker.now();
  }

  /** Reviews a JWT for a waiting caller. Blocks, for a few seconds at most. */
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
   * Starts a review that no caller waits for, unless too many are in progress. Never blocks.
   *
   * @param begins decides, once there is room, whether to make the review
   * @param ends receives the verdict
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

  /** Reviews a JWT. Concurrent requests with the same JWT share the verdict. */
  private ReviewVerdict once(Digest digest, String jwt) {
    var mine = new CompletableFuture<ReviewVerdict>();
    var others = underWay.putIfAbsent(digest, mine);
    if (others != null) {
      return others.join();
    }
    try {
      mine.complete(verdict(jwt));
    } finally {
      mine.complete(new Failed("the review was interrupted"));
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
    return new Failed(Objects.requireNonNullElse(outage.reason(), "no response in time"));
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
        // The broker is shutting down and interrupted this review.
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
