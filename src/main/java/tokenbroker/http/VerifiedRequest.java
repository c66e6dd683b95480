package tokenbroker.http;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import jakarta.ws.rs.container.ContainerRequestContext;
import org.jboss.resteasy.reactive.server.core.ResteasyReactiveRequestContext;
import org.jboss.resteasy.reactive.server.spi.ResteasyReactiveContainerRequestContext;
import org.jspecify.annotations.Nullable;
import tokenbroker.callers.Caller;
import tokenbroker.observability.Requester;

/**
 * One request of a verified caller.
 *
 * @param address of the other end of the connection, unless the operator trusts a proxy
 * @param traceparent as the caller sent it; null where it sent none
 * @param startedAt {@link System#nanoTime()} when its head had been read
 */
record VerifiedRequest(
    Caller caller,
    @Nullable SocketAddress address,
    String traceId,
    @Nullable String traceparent,
    long startedAt) {

  private static final String PROPERTY = VerifiedRequest.class.getName();
  private static final String TRACE_ID = TraceId.class.getName();

  static VerifiedRequest of(ContainerRequestContext request) {
    if (request.getProperty(PROPERTY) instanceof VerifiedRequest verified) {
      return verified;
    }
    throw new IllegalStateException("a resource for callers was reached without a verified caller");
  }

  static VerifiedRequest begun(Caller caller, ContainerRequestContext request, long startedAt) {
    return new VerifiedRequest(
        caller, address(request), traceId(request), header(request, "traceparent"), startedAt);
  }

  void attachTo(ContainerRequestContext request) {
    request.setProperty(PROPERTY, this);
  }

  /** Who asks, for the audit. */
  Requester requester() {
    return new Requester(caller, address, traceId);
  }

  /** The same for a request whose caller is not known. */
  static Requester requester(ContainerRequestContext request) {
    return new Requester(null, address(request), traceId(request));
  }

  /**
   * The address of the socket. If the operator has switched on {@code quarkus.http.proxy}, it is
   * the one in the proxy's header; no header counts otherwise.
   */
  private static @Nullable SocketAddress address(ContainerRequestContext request) {
    return request instanceof ResteasyReactiveContainerRequestContext reactive
            && reactive.getServerRequestContext() instanceof ResteasyReactiveRequestContext context
        ? context.serverRequest().unwrap(HttpServerRequest.class).remoteAddress()
        : null;
  }

  /** One id per request, whoever asks first. */
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
