package tokenbroker.trackmage;

import java.net.http.HttpHeaders;
import java.time.Instant;
import tokenbroker.time.Moment;
import tokenbroker.trackmage.BoundedBody.Body;

/** What one HTTP request came to. */
sealed interface Reply {

  /**
   * An answer, whole or not.
   *
   * @param sentAt just before the request was sent
   * @param receivedAt when the whole answer was there
   * @param sent just before the request was sent
   */
  record Answered(
      int status, HttpHeaders headers, Body body, Instant sentAt, Instant receivedAt, Moment sent)
      implements Reply {

    boolean succeeded() {
      return status >= 200 && status < 300;
    }

    boolean redirects() {
      return status >= 300 && status < 400;
    }
  }

  /** Bytes came back that are no HTTP. */
  record NotHttp() implements Reply {}

  /** No connection, or one that was closed before an answer began. */
  record NoConnection() implements Reply {}

  /** The time limit passed before the whole answer was there. */
  record Late() implements Reply {}
}
