package tokenbroker.trackmage;

import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import tokenbroker.tokens.FetchResult.Failed;

/** What came back from one request. */
sealed interface Reply {

  /**
   * An HTTP answer.
   *
   * @param body empty where it could not be read to its end
   * @param bodyRead whether the body came whole and within the limit
   */
  record Answer(
      int status, HttpHeaders headers, String body, boolean bodyRead, Instant sentAt, Duration took)
      implements Reply {}

  /** Nothing that could be read as an answer. */
  record None(Failed why) implements Reply {}
}
