package tokenbroker.callers;

import java.time.Duration;
import tokenbroker.callers.ReviewVerdict.Authenticated;
import tokenbroker.callers.ReviewVerdict.Busy;
import tokenbroker.callers.ReviewVerdict.Denied;
import tokenbroker.callers.ReviewVerdict.Failed;
import tokenbroker.time.Moment;

/**
 * The review of one remembered JWT. It counts for 45 seconds; after 30 seconds, whoever uses the
 * JWT causes the next one in the background. With the 10 seconds for which an API server keeps its
 * own verdicts, a JWT that was withdrawn is good for less than a minute.
 */
final class JwtReview {

  static final Duration DUE = Duration.ofSeconds(30);
  static final Duration END = Duration.ofSeconds(45);

  /** Longer than a review takes, so that one entry never causes two at once. */
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

  /** A JWT that has just been reviewed. */
  static JwtReview by(TokenReviews reviews) {
    return new JwtReview(reviews, DUE);
  }

  /** A JWT that is good by its signature until it can be reviewed. */
  static JwtReview notYetBy(TokenReviews reviews) {
    return new JwtReview(reviews, RETRY);
  }

  boolean counts() {
    return reviews.now().isBefore(end);
  }

  /** Starts the next review if it is due. Never blocks. */
  void renewIfDue(Digest digest, String jwt, Runnable onDenied) {
    var now = reviews.now();
    if (due.isDue(now)) {
      reviews.reviewInBackground(
          digest, jwt, () -> due.take(now, RETRY), verdict -> renewed(verdict, onDenied));
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
