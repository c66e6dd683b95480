package tokenbroker.http;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tokenbroker.callers.CredentialForm;

/**
 * An error of the standard token endpoint (RFC 6749 §5.2, contract §8). It contains nothing of the
 * request.
 *
 * @param status the HTTP status
 * @param error the OAuth error
 * @param code the same case in the terms of the REST API
 * @param description ASCII without quotes and backslashes
 * @param retryAfter when to try again; null if that does not help
 * @param isChallenge whether the response asks for HTTP Basic (RFC 7617)
 */
record OAuthRefusal(
    int status,
    String error,
    ProblemCode code,
    String description,
    @Nullable Duration retryAfter,
    boolean isChallenge) {

  private static final String INVALID_REQUEST = "invalid_request";
  private static final String INVALID_TARGET = "invalid_target";
  private static final String UNAVAILABLE = "temporarily_unavailable";
  private static final String NOT_ACCEPTED = "The caller's JWT is missing or not accepted.";

  /** Returns the refusal of a request that is malformed. */
  static OAuthRefusal malformed(String description) {
    return of(ProblemCode.INVALID_REQUEST, description, null);
  }

  /** Returns the refusal of a request for something else than the endpoint grants. */
  static OAuthRefusal because(String error, String description) {
    return new OAuthRefusal(400, error, ProblemCode.INVALID_REQUEST, description, null, false);
  }

  static OAuthRefusal invalidTarget(String description) {
    return because(INVALID_TARGET, description);
  }

  /**
   * Returns the refusal of a JWT. Many clients read the error at 400 only, so only a request with
   * an {@code Authorization} header, or with no credential at all, gets a 401 (RFC 6749 §5.2).
   */
  static OAuthRefusal unauthenticated(CredentialForm form) {
    return switch (form) {
      case BEARER, BASIC ->
          new OAuthRefusal(
              401, "invalid_client", ProblemCode.INVALID_TOKEN, NOT_ACCEPTED, null, true);
      case POST, ASSERTION ->
          new OAuthRefusal(
              400, "invalid_client", ProblemCode.INVALID_TOKEN, NOT_ACCEPTED, null, false);
      case EXCHANGE ->
          new OAuthRefusal(
              400, INVALID_REQUEST, ProblemCode.INVALID_TOKEN, NOT_ACCEPTED, null, false);
    };
  }

  /**
   * Returns the refusal of a caller that may not use the client, or of a client that does not
   * exist.
   *
   * @param byAudience whether {@code audience} named the client
   */
  static OAuthRefusal forbidden(boolean byAudience) {
    return new OAuthRefusal(
        400,
        byAudience ? INVALID_TARGET : "unauthorized_client",
        ProblemCode.FORBIDDEN,
        ProblemCode.FORBIDDEN.detail,
        null,
        false);
  }

  static OAuthRefusal of(TokenRefusal refusal) {
    return of(refusal.code(), refusal.detail(), refusal.retryAfter());
  }

  static OAuthRefusal of(ProblemCode code, @Nullable Duration retryAfter) {
    return of(code, code.detail, retryAfter);
  }

  /** Returns the body of the response. */
  OAuthErrorView view(String traceId) {
    return new OAuthErrorView(error, description, code.code(), traceId);
  }

  private static OAuthRefusal of(
      ProblemCode code, String description, @Nullable Duration retryAfter) {
    return switch (code) {
      case INVALID_REQUEST,
          INVALID_RESULT,
          LINE_TOO_LONG,
          HEAD_TOO_LARGE,
          METHOD_NOT_ALLOWED,
          NOT_FOUND,
          NOT_ACCEPTABLE ->
          new OAuthRefusal(code.status, INVALID_REQUEST, code, description, null, false);
      case CONTENT_TOO_LARGE ->
          new OAuthRefusal(
              code.status, INVALID_REQUEST, code, "The body is larger than 16 KiB.", null, false);
      case UNSUPPORTED_MEDIA_TYPE ->
          new OAuthRefusal(400, INVALID_REQUEST, code, description, null, false);
      case INVALID_TOKEN -> unauthenticated(CredentialForm.BASIC);
      case FORBIDDEN -> forbidden(false);
      case RECONNECT_REQUIRED ->
          new OAuthRefusal(400, "invalid_grant", code, description, null, false);
      case RATE_LIMITED,
          UPSTREAM_UNAVAILABLE,
          STORE_UNAVAILABLE,
          OVERLOADED,
          AUDIT_UNAVAILABLE,
          KEYS_UNAVAILABLE,
          REVIEW_UNAVAILABLE,
          UPSTREAM_TIMEOUT ->
          new OAuthRefusal(code.status, UNAVAILABLE, code, description, retryAfter, false);
      case INTERNAL_ERROR, UPSTREAM_REJECTED, UPSTREAM_INVALID_RESPONSE ->
          new OAuthRefusal(code.status, "server_error", code, description, retryAfter, false);
    };
  }
}
