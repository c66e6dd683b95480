package tokenbroker.http;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tokenbroker.tokens.FailureCause.InvalidResponse;
import tokenbroker.tokens.FailureCause.Local;
import tokenbroker.tokens.FailureCause.OAuthError;
import tokenbroker.tokens.FailureCause.Outage;
import tokenbroker.tokens.TokenResult.Failed;
import tokenbroker.tokens.TokenResult.Gone;
import tokenbroker.tokens.TokenResult.NotIssued;
import tokenbroker.tokens.TokenResult.TimedOut;
import tokenbroker.tokens.TokenResult.TooSoon;

/**
 * Why a verified caller gets no token, in the terms of the API. This is the one place where a
 * result of the core becomes an error of the API.
 *
 * @param retryAfter when to try again; null if that does not help
 * @param upstreamError the OAuth {@code error} of the upstream; null if it returned none
 */
record TokenRefusal(
    ProblemCode code,
    String detail,
    @Nullable Duration retryAfter,
    @Nullable String upstreamError) {

  /** The refusal of a caller that the broker may not serve, because it cannot audit the request. */
  static final TokenRefusal UNAUDITED =
      of(ProblemCode.AUDIT_UNAVAILABLE, ProblemResponses.AUDIT_AGAIN_AFTER);

  private static final String REPLACED_A_MOMENT_AGO =
      "A caller has just had a token of this client replaced. Retry after the time in Retry-After.";

  static TokenRefusal of(NotIssued result) {
    var retryAfter = result.retryAfter();
    return switch (result) {
      case Failed(OAuthError error, _) ->
          new TokenRefusal(
              ProblemCode.UPSTREAM_REJECTED,
              ProblemCode.UPSTREAM_REJECTED.detail,
              null,
              error.label());
      case Failed(InvalidResponse _, _) -> of(ProblemCode.UPSTREAM_INVALID_RESPONSE, retryAfter);
      case Failed(Outage _, _) -> of(ProblemCode.UPSTREAM_UNAVAILABLE, retryAfter);
      case Failed(Local cause, _) -> of(cause, retryAfter);
      case Gone _ ->
          new TokenRefusal(ProblemCode.NOT_FOUND, TokenResponses.NO_CONNECTION, null, null);
      case TimedOut _ -> of(ProblemCode.UPSTREAM_TIMEOUT, retryAfter);
      case TooSoon _ ->
          new TokenRefusal(ProblemCode.RATE_LIMITED, REPLACED_A_MOMENT_AGO, retryAfter, null);
    };
  }

  private static TokenRefusal of(Local cause, Duration retryAfter) {
    return switch (cause) {
      case STORE_UNAVAILABLE -> of(ProblemCode.STORE_UNAVAILABLE, retryAfter);
      case CREDENTIALS_MISSING, INTERNAL_ERROR -> of(ProblemCode.UPSTREAM_UNAVAILABLE, retryAfter);
      case RECONNECT_REQUIRED -> of(ProblemCode.RECONNECT_REQUIRED, null);
    };
  }

  static TokenRefusal of(ProblemCode code, @Nullable Duration retryAfter) {
    return new TokenRefusal(code, code.detail, retryAfter, null);
  }
}
