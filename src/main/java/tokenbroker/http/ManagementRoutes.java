package tokenbroker.http;

import io.quarkus.vertx.http.ManagementInterface;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/**
 * What is ahead of the management port's routes and behind them: other methods than a path has, and
 * paths that nobody serves.
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
