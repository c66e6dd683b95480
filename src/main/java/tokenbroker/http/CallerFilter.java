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
 * Lets verified callers through, within their rate. A remembered caller costs a hash and a look-up
 * on the event loop; a new one is verified on a virtual thread while the request waits. What is
 * injected here is application scoped, so made when it is first used: filters are made before there
 * is any configuration.
 */
@Provider
@ForCallers
class CallerFilter implements ResteasyReactiveContainerRequestFilter {

  private final VerifiedCallers callers;
  private final RateLimits limits;
  private final RequestMetrics metrics;
  private final VirtualThreads threads;

  CallerFilter(
      VerifiedCallers callers, RateLimits limits, RequestMetrics metrics, VirtualThreads threads) {
    this.callers = callers;
    this.limits = limits;
    this.metrics = metrics;
    this.threads = threads;
  }

  @Override
  public void filter(ResteasyReactiveContainerRequestContext request) {
    var startedAt = System.nanoTime();
    var jwt = BearerToken.of(Exchange.header(request, HttpHeaders.AUTHORIZATION));
    if (jwt == null) {
      request.abortWith(unauthenticated(request, null));
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
      case Verification.Refused _ -> request.abortWith(unauthenticated(request, "invalid_token"));
      case Verification.Overloaded _ -> request.abortWith(busy(request));
      case Verification.Unavailable _ -> request.abortWith(busy(request));
    }
  }

  private void admit(Caller caller, ContainerRequestContext request, long startedAt) {
    var wait = limits.waitFor(caller);
    if (wait.isZero()) {
      Exchange.begun(caller, request, startedAt).attachTo(request);
      return;
    }
    metrics.rateLimited(caller);
    request.abortWith(
        Problems.response(ProblemCode.RATE_LIMITED, wait, Exchange.traceId(request)).build());
  }

  /** Never which check failed: that would help a forger more than a caller. */
  private static Response unauthenticated(ContainerRequestContext request, @Nullable String error) {
    return Problems.response(ProblemCode.INVALID_TOKEN, null, Exchange.traceId(request))
        .header(
            HttpHeaders.WWW_AUTHENTICATE,
            error == null ? "Bearer" : "Bearer error=\"" + error + "\"")
        .build();
  }

  private static Response busy(ContainerRequestContext request) {
    return Problems.response(
            ProblemCode.OVERLOADED, Duration.ofSeconds(1), Exchange.traceId(request))
        .build();
  }
}
