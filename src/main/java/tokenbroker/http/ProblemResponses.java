package tokenbroker.http;

import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Creates the responses that contain a problem. */
final class ProblemResponses {

  static final MediaType PROBLEM_JSON = new MediaType("application", "problem+json");

  /**
   * The {@code Retry-After} while the audit is unavailable. Its reader may return at any moment, so
   * the time is a guess.
   */
  static final Duration AUDIT_AGAIN_AFTER = Duration.ofSeconds(1);

  /** When a caller should retry after too many JWTs waited for their verification. */
  static final Duration OVERLOADED_FOR = Duration.ofSeconds(1);

  private ProblemResponses() {}

  /**
   * Returns the answer to a caller that the broker may not serve, because it could not audit the
   * request.
   */
  static Response unaudited(String traceId) {
    return response(ProblemCode.AUDIT_UNAVAILABLE, AUDIT_AGAIN_AFTER, traceId).build();
  }

  static Response.ResponseBuilder response(
      ProblemCode code, String detail, @Nullable Duration retryAfter, String traceId) {
    return response(code.problem(detail, traceId), retryAfter);
  }

  static Response.ResponseBuilder response(
      ProblemCode code, @Nullable Duration retryAfter, String traceId) {
    return response(code, code.detail, retryAfter, traceId);
  }

  static Response.ResponseBuilder response(Problem problem, @Nullable Duration retryAfter) {
    var response =
        Response.status(problem.status())
            .type(PROBLEM_JSON)
            .header(HttpHeaders.CACHE_CONTROL, "no-store")
            .entity(problem);
    return retryAfter == null
        ? response
        : response.header(HttpHeaders.RETRY_AFTER, wholeSeconds(retryAfter));
  }

  /**
   * Returns the duration in seconds, at least one. It is rounded up, so that a caller that obeys it
   * does not return too early.
   */
  static long wholeSeconds(Duration duration) {
    return Math.max(1, duration.plusMillis(999).toSeconds());
  }
}
