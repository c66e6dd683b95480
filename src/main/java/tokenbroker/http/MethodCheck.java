package tokenbroker.http;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.util.List;

/**
 * Answers {@code OPTIONS}, and refuses a method that a path does not have. The framework takes a
 * method that another path has for a missing path, and lists methods that are another path's.
 */
@Singleton
class MethodCheck {

  private final RefusedRequests refusals;

  MethodCheck(RefusedRequests refusals) {
    this.refusals = refusals;
  }

  void check(RoutingContext request) {
    check(request, AllowedMethods.at(request.normalizedPath()));
  }

  void checkOfManagement(RoutingContext request) {
    check(request, AllowedMethods.ofManagement(request.normalizedPath()));
  }

  private void check(RoutingContext request, String allowed) {
    var method = request.request().method();
    if (allowed.isEmpty() || (isIn(allowed, method) && !method.equals(HttpMethod.OPTIONS))) {
      request.next();
      return;
    }
    request.response().putHeader(HttpHeaders.ALLOW, allowed);
    if (method.equals(HttpMethod.OPTIONS)) {
      request.response().setStatusCode(204).end();
    } else {
      refusals.end(request, ProblemCode.METHOD_NOT_ALLOWED);
    }
  }

  private static boolean isIn(String allowed, HttpMethod method) {
    return List.of(allowed.split(", ")).contains(method.name());
  }
}
