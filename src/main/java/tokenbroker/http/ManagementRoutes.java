package tokenbroker.http;

import io.quarkus.vertx.http.ManagementInterface;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/**
 * The first and the last handlers of the management port. They refuse methods that a path does not
 * support, and paths that no resource serves.
 */
@ApplicationScoped
class ManagementRoutes {

  private static final int BEFORE_ALL = -2_000;

  private final MethodCheck methods;
  private final RefusedRequests refusals;

  ManagementRoutes(MethodCheck methods, RefusedRequests refusals) {
    this.methods = methods;
    this.refusals = refusals;
  }

  void routes(@Observes ManagementInterface management) {
    var router = management.router();
    router
        .route()
        .order(BEFORE_ALL)
        .handler(methods::checkOfManagement)
        .failureHandler(refusals::endIfMalformed);
    router.route().last().handler(request -> refusals.end(request, ProblemCode.NOT_FOUND));
  }
}
