package tokenbroker.http;

import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;
import tokenbroker.tokens.StoreUnavailable;

/** Maps every exception of a request to a problem. */
class ExceptionMappers {

  private static final Logger LOG = Logger.getLogger(ExceptionMappers.class);

  @ServerExceptionMapper
  Response known(ProblemException e, ContainerRequestContext request) {
    return ProblemResponses.response(
            e.code, e.detail, e.retryAfter, VerifiedRequest.traceId(request))
        .build();
  }

  /**
   * Answers a failure of the store. Only connections throw it; all other requests succeed without
   * the store.
   */
  @ServerExceptionMapper
  Response storeDown(StoreUnavailable e, ContainerRequestContext request) {
    LOG.debugf("The store of connections is unavailable: %s", e.getMessage());
    return ProblemResponses.response(
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
    var problem =
        ProblemResponses.response(code, code.detail, null, VerifiedRequest.traceId(request));
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
    return ProblemResponses.response(ProblemCode.INTERNAL_ERROR, null, traceId).build();
  }
}
