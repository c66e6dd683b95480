package tokenbroker.http;

import io.vertx.ext.web.RoutingContext;

/**
 * Keeps pipelined requests (RFC 9112 §9.3.2) from piling up on the stack. Vert.x begins the next
 * one within the end of the one before: some two hundred that are answered at once, as hits are,
 * would overflow it.
 */
final class Pipelines {

  private final ThreadLocal<Boolean> busy = ThreadLocal.withInitial(() -> false);

  void handle(RoutingContext request) {
    if (busy.get()) {
      request.vertx().runOnContext(later -> goOn(request)); // Quarkus keeps its body until then.
    } else {
      goOn(request);
    }
  }

  private void goOn(RoutingContext request) {
    busy.set(true);
    try {
      request.next();
    } finally {
      busy.set(false);
    }
  }
}
