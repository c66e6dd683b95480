package tokenbroker.http;

import jakarta.ws.rs.container.ContainerRequestContext;
import org.jspecify.annotations.Nullable;
import tokenbroker.callers.Caller;

/**
 * One request of a verified caller.
 *
 * @param traceparent as the caller sent it; null where it sent none
 * @param startedAt {@link System#nanoTime()} when its head had been read
 */
record Exchange(Caller caller, String traceId, @Nullable String traceparent, long startedAt) {

  private static final String PROPERTY = Exchange.class.getName();
  private static final String TRACE_ID = TraceId.class.getName();

  static Exchange of(ContainerRequestContext request) {
    if (request.getProperty(PROPERTY) instanceof Exchange exchange) {
      return exchange;
    }
    throw new IllegalStateException("a resource for callers was reached without a verified caller");
  }

  static Exchange begun(Caller caller, ContainerRequestContext request, long startedAt) {
    return new Exchange(caller, traceId(request), header(request, "traceparent"), startedAt);
  }

  void attachTo(ContainerRequestContext request) {
    request.setProperty(PROPERTY, this);
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
