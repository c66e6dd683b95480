package tokenbroker.tokens;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Why a token could not be had. It stays the same from the upstream's reply to the HTTP status that
 * a caller gets.
 */
public sealed interface FailureCause {

  /** Returns the word for logs, the audit and {@code GET /clients}, such as {@code http_5xx}. */
  default String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The constant's name. */
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
   * The upstream understood and refused. The {@code error} values of RFC 6749 §5.2 and TrackMage's
   * own: the upstream's text is never passed on, only one of these. To ask again with the same
   * credentials does not help.
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
    /** An {@code error} that is none of the above. */
    UNRECOGNIZED;

    /** Returns the constant for a value on the wire, such as {@code invalid_client}. */
    public static OAuthError of(String code) {
      for (var error : values()) {
        if (error.label().equals(code)) {
          return error;
        }
      }
      return UNRECOGNIZED;
    }
  }

  /** The upstream does not serve now. It may the next time. */
  enum Outage implements FailureCause {
    /** No connection, or one that ended before a response. */
    CONNECT,
    /** No response within the time limit. */
    TIMEOUT,
    HTTP_5XX,
    HTTP_429,
    /** The {@code error} of RFC 6749 §4.1.2.1 that stands for a 500. */
    SERVER_ERROR,
    /** The {@code error} of RFC 6749 §4.1.2.1 that stands for a 503. */
    TEMPORARILY_UNAVAILABLE,
    /** Too many accounts have failed: the upstream was not asked. */
    BREAKER_OPEN
  }

  /** The upstream responded without a token that can be used. */
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

  /** The upstream was not asked, or what it said could not be used here. */
  enum Local implements FailureCause {
    /** The client has no credentials. */
    CREDENTIALS_MISSING,
    /** A connection needs the store, and the store does not answer. */
    STORE_UNAVAILABLE,
    /** The connection's refresh token is dead: its user must connect again. */
    RECONNECT_REQUIRED,
    /** A bug. */
    INTERNAL_ERROR
  }
}
