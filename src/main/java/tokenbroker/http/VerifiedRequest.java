package tokenbroker.http;

import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.container.ContainerRequestContext;
import org.jboss.resteasy.reactive.server.core.ResteasyReactiveRequestContext;
import org.jboss.resteasy.reactive.server.spi.ResteasyReactiveContainerRequestContext;
import org.jspecify.annotations.Nullable;
import tokenbroker.callers.Caller;
import tokenbroker.callers.CredentialForm;
import tokenbroker.observability.Requester;

/**
 * One request of a verified caller.
 *
 * @param address the remote address of the connection, unless the operator trusts a proxy's header
 * @param traceparent as the caller sent it; null if it sent none
 * @param startedAt {@link System#nanoTime()} when the broker had read the head of the request
 * @param form the form of the caller's credential; null for a bearer token
 */
record VerifiedRequest(
    Caller caller,
    @Nullable String address,
    String traceId,
    @Nullable String traceparent,
    long startedAt,
    @Nullable CredentialForm form) {

  VerifiedRequest(
      Caller caller,
      @Nullable String address,
      String traceId,
      @Nullable String traceparent,
      long startedAt) {
    this(caller, address, traceId, traceparent, startedAt, null);
  }

  private static final String PROPERTY = VerifiedRequest.class.getName();
  private static final String TRACE_ID = TraceId.class.getName();

  static VerifiedRequest of(ContainerRequestContext request) {
    if (request.getProperty(PROPERTY) instanceof VerifiedRequest verified) {
      return verified;
    }
    throw new IllegalStateException(
        "a request reached a resource for callers without a verified caller");
  }

  static VerifiedRequest begun(Caller caller, ContainerRequestContext request, long startedAt) {
    return new VerifiedRequest(
        caller, address(request), traceId(request), header(request, "traceparent"), startedAt);
  }

  void attachTo(ContainerRequestContext request) {
    request.setProperty(PROPERTY, this);
  }

  /** Returns the identity of the requester, for the audit. */
  Requester requester() {
    return new Requester(caller, address, traceId, form);
  }

  /** Returns the identity of the requester, for a request whose caller is unknown. */
  static Requester requester(ContainerRequestContext request) {
    return new Requester(null, address(request), traceId(request));
  }

  /**
   * Returns the address of the socket. If the operator enabled {@code quarkus.http.proxy}, it is
   * the address in the proxy's header. Otherwise no header matters.
   */
  private static @Nullable String address(ContainerRequestContext request) {
    return request instanceof ResteasyReactiveContainerRequestContext reactive
            && reactive.getServerRequestContext() instanceof ResteasyReactiveRequestContext context
        ? address(context.serverRequest().unwrap(HttpServerRequest.class))
        : null;
  }

  /** Returns the same of a request that the REST framework does not know. */
  static @Nullable String address(HttpServerRequest request) {
    var remote = request.remoteAddress();
    if (remote == null) {
      return null;
    }
    var numeric = remote.hostAddress();
    return numeric == null ? remote.host() : numeric;
  }

  /**
   * Returns the trace id of the request. The first call fixes it, so that a request has only one.
   */
  static String traceId(ContainerRequestContext request) {
    if (request.getProperty(TRACE_ID) instanceof String known) {
      return known;
    }
    var traceId = TraceId.of(header(request, "traceparent"));
    request.setProperty(TRACE_ID, traceId);
    return traceId;
  }

  static @Nullable String header(ContainerRequestContext request, String name) {
    return request.getHeaderString(name);
  }
}
