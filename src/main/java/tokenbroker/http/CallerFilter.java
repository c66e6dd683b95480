package tokenbroker.http;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.Provider;
import java.time.Duration;
import org.jboss.resteasy.reactive.server.spi.ResteasyReactiveContainerRequestContext;
import org.jboss.resteasy.reactive.server.spi.ResteasyReactiveContainerRequestFilter;
import org.jspecify.annotations.Nullable;
import tokenbroker.callers.Caller;
import tokenbroker.callers.Verification;
import tokenbroker.callers.VerifiedCallers;

/**
 * A request filter that admits verified callers within their rate limit. For a cached caller it
 * computes a hash and does a look-up, on the event loop. It suspends the request of a new caller
 * and verifies the caller on a virtual thread.
 *
 * <p>The framework creates filters before the configuration exists. So every injected dependency is
 * application scoped: it is created on first use.
 */
@Provider
@ForCallers
class CallerFilter implements ResteasyReactiveContainerRequestFilter {

  private final VerifiedCallers callers;
  private final CallerChecks checks;
  private final VirtualThreads threads;

  CallerFilter(VerifiedCallers callers, CallerChecks checks, VirtualThreads threads) {
    this.callers = callers;
    this.checks = checks;
    this.threads = threads;
  }

  @Override
  public void filter(ResteasyReactiveContainerRequestContext request) {
    var startedAt = System.nanoTime();
    var authorization = VerifiedRequest.header(request, HttpHeaders.AUTHORIZATION);
    var jwt = BearerToken.of(authorization);
    if (jwt == null) {
      refuse(callers.withoutToken(authorization != null), request, null);
      return;
    }
    var caller = callers.remembered(jwt);
    if (caller != null) {
      admit(caller, request, startedAt);
      return;
    }
    request.suspend();
    threads.run(
        () -> {
          try {
            verify(jwt, request, startedAt);
            request.resume();
          } catch (RuntimeException | Error e) {
            request.resume(e);
          }
        });
  }

  private void verify(String jwt, ContainerRequestContext request, long startedAt) {
    switch (callers.verify(jwt)) {
      case Verification.Verified(var caller) -> admit(caller, request, startedAt);
      case Verification.Refused refused -> refuse(refused, request, "invalid_token");
      case Verification.Overloaded _ ->
          request.abortWith(
              later(request, ProblemCode.OVERLOADED, ProblemResponses.OVERLOADED_FOR));
      case Verification.Unavailable(var wait) ->
          request.abortWith(later(request, ProblemCode.KEYS_UNAVAILABLE, wait));
      case Verification.Unreviewed(var wait) ->
          request.abortWith(later(request, ProblemCode.REVIEW_UNAVAILABLE, wait));
    }
  }

  /**
   * Refuses a caller with 401. The answer holds only the trace id; the log has the reason under
   * that id.
   */
  private void refuse(
      Verification.Refused refused, ContainerRequestContext request, @Nullable String error) {
    checks.record(refused, VerifiedRequest.requester(request), VerifiedRequest.traceId(request));
    request.abortWith(unauthenticated(request, error));
  }

  private void admit(Caller caller, ContainerRequestContext request, long startedAt) {
    var verified = VerifiedRequest.begun(caller, request, startedAt);
    var refusal = checks.refusal(verified);
    if (refusal == null) {
      verified.attachTo(request);
    } else {
      request.abortWith(later(request, refusal.code(), refusal.retryAfter()));
    }
  }

  /**
   * Returns a 401 that does not say which check failed. The reason would help a forger more than a
   * caller.
   */
  private static Response unauthenticated(ContainerRequestContext request, @Nullable String error) {
    return ProblemResponses.response(
            ProblemCode.INVALID_TOKEN, null, VerifiedRequest.traceId(request))
        .header(
            HttpHeaders.WWW_AUTHENTICATE,
            error == null ? "Bearer" : "Bearer error=\"" + error + "\"")
        .build();
  }

  private static Response later(
      ContainerRequestContext request, ProblemCode code, @Nullable Duration wait) {
    return ProblemResponses.response(code, wait, VerifiedRequest.traceId(request)).build();
  }
}
