package tokenbroker.callers;

import java.time.Duration;
import tokenbroker.callers.ReviewVerdict.Authenticated;
import tokenbroker.callers.ReviewVerdict.Busy;
import tokenbroker.callers.ReviewVerdict.Denied;
import tokenbroker.callers.ReviewVerdict.Failed;
import tokenbroker.time.Moment;

/**
 * The review of one cached JWT. It is valid for 45 seconds. After 30 seconds, the next use of the
 * JWT starts another review in the background. An API server caches its own verdicts for 10
 * seconds. So a revoked JWT is accepted for less than a minute.
 */
final class JwtReview {

  static final Duration DUE = Duration.ofSeconds(30);
  static final Duration END = Duration.ofSeconds(45);

  /**
   * The pause before a retry. It is longer than a review takes, so that one entry never has two
   * reviews at once.
   */
  static final Duration RETRY = Duration.ofSeconds(5);

  private final TokenReviews reviews;
  private final Turn due;
  private volatile Moment end;

  private JwtReview(TokenReviews reviews, Duration due) {
    var now = reviews.now();
    this.reviews = reviews;
    this.due = new Turn(now.plus(due));
    this.end = now.plus(END);
  }

  /** Returns the review of a JWT that the API server has just reviewed. */
  static JwtReview by(TokenReviews reviews) {
    return new JwtReview(reviews, DUE);
  }

  /**
   * Returns the review of a JWT that is accepted by its signature until the API server can review
   * it.
   */
  static JwtReview notYetBy(TokenReviews reviews) {
    return new JwtReview(reviews, RETRY);
  }

  boolean counts() {
    return reviews.now().isBefore(end);
  }

  /** Starts the next review if it is due. Never blocks. */
  void renewIfDue(Digest digest, CharSequence jwt, Runnable onDenied) {
    var now = reviews.now();
    if (due.isDue(now)) {
      reviews.reviewInBackground(
          digest,
          jwt.toString(),
          () -> due.take(now, RETRY),
          verdict -> renewed(verdict, onDenied));
    }
  }

  private void renewed(ReviewVerdict verdict, Runnable onDenied) {
    switch (verdict) {
      case Authenticated _ -> {
        due.next(reviews.now().plus(DUE));
        end = reviews.now().plus(END);
      }
      case Denied _ -> onDenied.run();
      case Failed _ when reviews.areOptional() -> end = reviews.now().plus(END);
      case Failed _, Busy _ -> {}
    }
  }
}
