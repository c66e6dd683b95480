package tokenbroker.http;

import java.util.Locale;

/**
 * Every {@code code} of a problem, with its status and title. {@code docs/errors.md} says what to
 * do about each.
 */
enum ProblemCode {
  INVALID_REQUEST(400, "The request is malformed", false),
  CONTENT_TOO_LARGE(413, "The request body is too large", false),
  INVALID_TOKEN(401, "The caller is not authenticated", false),
  FORBIDDEN(403, "The caller may not use this client", false),
  NOT_FOUND(404, "There is no such resource", false),
  METHOD_NOT_ALLOWED(405, "The resource does not have this method", false),
  NOT_ACCEPTABLE(406, "The resource does not have this representation", false),
  UNSUPPORTED_MEDIA_TYPE(415, "The request body is not of a type that is read here", false),
  RATE_LIMITED(429, "Too many requests", true),
  UPSTREAM_REJECTED(502, "TrackMage refuses to give this client a token", false),
  UPSTREAM_INVALID_RESPONSE(502, "TrackMage's answer holds no token", true),
  UPSTREAM_UNAVAILABLE(503, "TrackMage is not available", true),
  OVERLOADED(503, "The broker cannot verify callers right now", true),
  UPSTREAM_TIMEOUT(504, "TrackMage did not answer in time", true),
  INTERNAL_ERROR(500, "The broker failed", true);

  final int status;
  final String title;
  final boolean retryable;

  ProblemCode(int status, String title, boolean retryable) {
    this.status = status;
    this.title = title;
    this.retryable = retryable;
  }

  /**
   * The value on the wire. A body that is too large is an invalid request with a status of its own.
   */
  String code() {
    return this == CONTENT_TOO_LARGE ? INVALID_REQUEST.code() : name().toLowerCase(Locale.ROOT);
  }

  String type() {
    return "urn:token-broker:problem:" + code();
  }

  Problem problem(String detail, String traceId) {
    return new Problem(type(), title, status, detail, code(), retryable, null, traceId);
  }
}
