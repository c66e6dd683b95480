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
      UNKNOWN_HOST("cannot connect: the host name does not resolve"),
      /** An address did not accept the connection. */
      REFUSED("cannot connect: connection refused"),
      /** An address did not open the connection in time. */
      TIMEOUT("cannot connect: timeout"),
      /** TLS failed, for example because the certificate is not trusted or names another host. */
      TLS("TLS failed: the certificate is not trusted or is for another host"),
      /** The server closed the connection before the first byte of an answer. */
      CLOSED("the server closed the connection before a response"),
      /** The connection broke within the head of an answer. */
      BROKEN("the server closed the connection before a response");

      private final String text;

      Reason(String text) {
        this.text = text;
      }

      /** Returns the reason in words, for messages. */
      public String text() {
        return text;
      }
    }
  }

  /**
   * The egress proxy opened no tunnel, so the server received nothing.
   *
   * @param text the reason in words, for messages. It names the proxy, and quotes nothing that the
   *     proxy sent but its status.
   */
  record NoTunnel(String text) implements Reply {}

  /** The time limit passed before the whole answer had arrived. */
  record Late() implements Reply {}
}
