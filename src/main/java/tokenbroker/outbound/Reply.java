package tokenbroker.outbound;

import java.net.http.HttpHeaders;
import java.time.Instant;
import tokenbroker.time.Moment;

/** The outcome of one request. */
public sealed interface Reply {

  /**
   * An answer, complete or not.
   *
   * @param sent just before the request was sent
   * @param sentAt the same moment by the wall clock
   * @param receivedAt when the whole answer had arrived
   */
  record Answered(
      int status, HttpHeaders headers, Body body, Moment sent, Instant sentAt, Instant receivedAt)
      implements Reply {

    public boolean succeeded() {
      return status >= 200 && status < 300;
    }
  }

  /** The server sent bytes that are not an HTTP answer. */
  record NotHttp() implements Reply {}

  /** No connection opened, or the connection ended before the head of an answer was complete. */
  record NoConnection(Reason reason) implements Reply {

    /** The reason why there was no connection. */
    public enum Reason {
      /** The host's name has no address, or the URL names no host. */
      UNKNOWN_HOST,
      /** An address did not accept the connection. */
      REFUSED,
      /** An address did not open the connection in time. */
      TIMEOUT,
      /** TLS failed, for example because the certificate is not trusted or names another host. */
      TLS,
      /** The egress proxy did not open a tunnel. */
      PROXY,
      /** The server closed the connection before the first byte of an answer. */
      CLOSED,
      /** The connection broke within the head of an answer. */
      BROKEN
    }
  }

  /** The time limit passed before the whole answer had arrived. */
  record Late() implements Reply {}
}
