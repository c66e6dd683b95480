package tokenbroker.http;

import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;
import org.jspecify.annotations.Nullable;
import tokenbroker.tokens.StoreUnavailable;

/** Maps every exception of a request to a problem. */
class Problems {

  static final MediaType PROBLEM_JSON = new MediaType("application", "problem+json");

  /**
   * The {@code Retry-After} while the audit is unavailable. Its reader may return at any moment, so
   * the time is a guess.
   */
  static final Duration AUDIT_AGAIN_AFTER = Duration.ofSeconds(1);

  private static final Logger LOG = Logger.getLogger(Problems.class);

  @ServerExceptionMapper
  Response known(ProblemException e, ContainerRequestContext request) {
    return response(e.code, e.detail, e.retryAfter, VerifiedRequest.traceId(request)).build();
  }

  /**
   * Answers a failure of the store. Only connections throw it; all other requests succeed without
   * the store.
   */
  @ServerExceptionMapper
  Response storeDown(StoreUnavailable e, ContainerRequestContext request) {
    LOG.debugf("The store of connections is unavailable: %s", e.getMessage());
    return response(
            ProblemCode.STORE_UNAVAILABLE, Duration.ofSeconds(1), VerifiedRequest.traceId(request))
        .build();
  }

  /** Answers what JAX-RS itself refuses: an unknown path, method, representation or media type. */
  @ServerExceptionMapper
  Response refused(WebApplicationException e, ContainerRequestContext request) {
    var status = e.getResponse().getStatus();
    var code =
        switch (status) {
          case 404 -> ProblemCode.NOT_FOUND;
          case 405 -> ProblemCode.METHOD_NOT_ALLOWED;
          case 406 -> ProblemCode.NOT_ACCEPTABLE;
          case 413 -> ProblemCode.CONTENT_TOO_LARGE;
          case 415 -> ProblemCode.UNSUPPORTED_MEDIA_TYPE;
          default -> status < 500 ? ProblemCode.INVALID_REQUEST : ProblemCode.INTERNAL_ERROR;
        };
    if (code == ProblemCode.INTERNAL_ERROR) {
      return failed(e, request);
    }
    var problem = response(code, code.detail, null, VerifiedRequest.traceId(request));
    if (code == ProblemCode.METHOD_NOT_ALLOWED) {
      problem.header(HttpHeaders.ALLOW, AllowedMethods.at(request.getUriInfo().getPath()));
    } else if (code == ProblemCode.NOT_ACCEPTABLE) {
      problem.header(HttpHeaders.VARY, HttpHeaders.ACCEPT);
    }
    return problem.build();
  }

  @ServerExceptionMapper
  Response failed(Throwable e, ContainerRequestContext request) {
    var traceId = VerifiedRequest.traceId(request);
    LOG.errorf(e, "A request failed unexpectedly (trace_id %s)", traceId);
    return response(ProblemCode.INTERNAL_ERROR, null, traceId).build();
  }

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
