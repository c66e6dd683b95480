package tokenbroker.tokens;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The reason why no token could be obtained. The same value is used from the upstream's response to
 * the HTTP status that a caller gets.
 */
public sealed interface FailureCause {

  /** Returns the word for logs, the audit and {@code GET /clients}, such as {@code http_5xx}. */
  default String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Returns the constant's name. */
  String name();

  /** Returns the cause with this label; empty if there is none. */
  static Optional<FailureCause> labelled(String label) {
    return Stream.<FailureCause[]>of(
            OAuthError.values(), Outage.values(), InvalidResponse.values(), Local.values())
        .flatMap(Stream::of)
        .filter(cause -> cause.label().equals(label))
        .findAny();
  }

  /**
   * A rejection by an upstream that understood the request. The constants are the {@code error}
   * values of RFC 6749 §5.2 and TrackMage's own. The broker passes on only these, never the
   * upstream's text. A retry with the same credentials does not help.
   */
  enum OAuthError implements FailureCause {
    INVALID_REQUEST,
    INVALID_CLIENT,
    INVALID_GRANT,
    UNAUTHORIZED_CLIENT,
    UNSUPPORTED_GRANT_TYPE,
    INVALID_SCOPE,
    REDIRECT_URI_MISMATCH,
    ACCESS_DENIED,
    /** Any other {@code error} value. */
    UNRECOGNIZED;

    /** Returns the constant for an {@code error} value, such as {@code invalid_client}. */
    public static OAuthError of(String code) {
      for (var error : values()) {
        if (error.label().equals(code)) {
          return error;
        }
      }
      return UNRECOGNIZED;
    }
  }

  /** A temporary failure of the upstream: a retry may succeed. */
  enum Outage implements FailureCause {
    /** The connection could not be opened, or it ended before a response. */
    CONNECT,
    /** The upstream did not respond within the time limit. */
    TIMEOUT,
    HTTP_5XX,
    HTTP_429,
    /** The {@code error} that stands for HTTP 500 (RFC 6749 §4.1.2.1). */
    SERVER_ERROR,
    /** The {@code error} that stands for HTTP 503 (RFC 6749 §4.1.2.1). */
    TEMPORARILY_UNAVAILABLE,
    /**
     * The circuit breaker is open after failures of too many owners: the broker did not call the
     * upstream.
     */
    BREAKER_OPEN
  }

  /** A response from the upstream without a usable token. */
  enum InvalidResponse implements FailureCause {
    NOT_HTTP,
    HTTP_1XX,
    HTTP_3XX,
    HTTP_4XX,
    TRUNCATED,
    TOO_LARGE,
    CONTENT_ENCODING,
    EMPTY,
    NOT_JSON,
    NO_ACCESS_TOKEN,
    UNUSABLE_ACCESS_TOKEN,
    NOT_BEARER,
    EXPIRED_ON_ARRIVAL
  }

  /**
   * A failure of the broker itself: it did not call the upstream, or could not use the response.
   */
  enum Local implements FailureCause {
    /** The client has no credentials. */
    CREDENTIALS_MISSING,
    /** A connection needs the store, and the store does not answer. */
    STORE_UNAVAILABLE,
    /** The connection's refresh token is dead: its user must connect again. */
    RECONNECT_REQUIRED,
    /** The broker has a bug. */
    INTERNAL_ERROR
  }
}
