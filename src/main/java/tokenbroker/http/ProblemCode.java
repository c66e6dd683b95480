package tokenbroker.http;

import java.util.Locale;

/**
 * Every {@code code} of a problem, with its status and title. {@code docs/errors.md} says what to
 * do about each.
 */
enum ProblemCode {
  INVALID_REQUEST(400, false, "The request is malformed", "The request is malformed."),
  INVALID_RESULT(
      400,
      false,
      "The result cannot be redeemed",
      "This result was already redeemed, has expired, or belongs to another user. Start a new authorization."),
  CONTENT_TOO_LARGE(413, false, "The request is malformed", "The body is larger than 8192 bytes."),
  LINE_TOO_LONG(
      414, false, "The request is malformed", "The request line is longer than 8192 bytes."),
  HEAD_TOO_LARGE(
      431,
      false,
      "The request is malformed",
      "The head is larger than 12288 bytes, or has more than 100 fields."),
  INVALID_TOKEN(
      401,
      false,
      "The caller token is missing or not accepted",
      "Send a valid caller token as Authorization: Bearer."),
  FORBIDDEN(403, false, "Not allowed", "There is no such client, or this caller may not use it."),
  NOT_FOUND(404, false, "Not found", "This path does not exist."),
  RECONNECT_REQUIRED(
      409,
      false,
      "The user must connect again",
      "TrackMage no longer refreshes the tokens of this connection."),
  METHOD_NOT_ALLOWED(
      405,
      false,
      "Method not allowed",
      "This path does not support this method. Use one of the methods in Allow."),
  NOT_ACCEPTABLE(
      406,
      false,
      "Not acceptable",
      "The response is available in none of the media types in Accept."),
  UNSUPPORTED_MEDIA_TYPE(
      415, false, "Unsupported media type", "The body must be application/json."),
  RATE_LIMITED(429, true, "Too many requests", "Retry after the time in Retry-After."),
  INTERNAL_ERROR(
      500,
      true,
      "Internal error",
      "The broker failed. Its log contains the details under this trace_id."),
  UPSTREAM_REJECTED(
      502,
      false,
      "TrackMage rejected the client",
      "TrackMage rejected the credentials or the scope of this client."),
  UPSTREAM_INVALID_RESPONSE(
      502,
      true,
      "TrackMage returned no usable response",
      "The response from TrackMage contains no usable token."),
  UPSTREAM_UNAVAILABLE(
      503,
      true,
      "No token can be requested from TrackMage now",
      "The next attempt is possible after the time in Retry-After."),
  STORE_UNAVAILABLE(
      503,
      true,
      "Connections are unavailable now",
      "The store of connections does not respond. Retry after the time in Retry-After."),
  OVERLOADED(
      503,
      true,
      "The broker is too busy to verify the caller",
      "Retry after the time in Retry-After."),
  AUDIT_UNAVAILABLE(
      503,
      true,
      "The request cannot be audited now",
      "The broker serves no request that it cannot audit. Retry after the time in Retry-After."),
  KEYS_UNAVAILABLE(
      503,
      true,
      "The caller token cannot be verified yet",
      "The broker has not yet read the keys of the token's issuer. Retry after the time in Retry-After."),
  REVIEW_UNAVAILABLE(
      503,
      true,
      "The caller token cannot be reviewed now",
      "The API server did not review the token. Retry after the time in Retry-After."),
  UPSTREAM_TIMEOUT(
      504,
      true,
      "TrackMage did not respond in time",
      "No token was available within the time limit.");

  final int status;
  final boolean retryable;
  final String title;

  /** The default text for people, if nothing more specific is known about the request. */
  final String detail;

  ProblemCode(int status, boolean retryable, String title, String detail) {
    this.status = status;
    this.retryable = retryable;
    this.title = title;
    this.detail = detail;
  }

  /**
   * Returns the value on the wire. A request that is too large has the code {@code
   * invalid_request}, with a status of its own.
   */
  String code() {
    return switch (this) {
      case CONTENT_TOO_LARGE, LINE_TOO_LONG, HEAD_TOO_LARGE -> INVALID_REQUEST.code();
      default -> name().toLowerCase(Locale.ROOT);
    };
  }

  /** Returns the problem for a request that the server refuses unread with this status. */
  static ProblemCode refusal(int status) {
    return switch (status) {
      case 404 -> NOT_FOUND;
      case 413 -> CONTENT_TOO_LARGE;
      case 414 -> LINE_TOO_LONG;
      case 431 -> HEAD_TOO_LARGE;
      default -> INVALID_REQUEST;
    };
  }

  String type() {
    return "urn:token-broker:problem:" + code();
  }

  Problem problem(String traceId) {
    return problem(detail, traceId);
  }

  Problem problem(String detail, String traceId) {
    return new Problem(type(), title, status, detail, code(), retryable, null, traceId);
  }
}
