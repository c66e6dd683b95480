package tokenbroker.http;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.util.List;

/**
 * A handler that answers {@code OPTIONS} and refuses methods that a path does not support. The
 * framework gets this wrong: if another path has the method, it answers 404 instead of 405. It also
 * lists methods of other paths, even for a path that no resource serves.
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
    if (method.equals(HttpMethod.OPTIONS)) {
      answerOptions(request, allowed);
    } else if (allowed.isEmpty() || isIn(allowed, method)) {
      request.next();
    } else {
      request.response().putHeader(HttpHeaders.ALLOW, allowed);
      refusals.end(request, ProblemCode.METHOD_NOT_ALLOWED);
    }
  }

  private void answerOptions(RoutingContext request, String allowed) {
    if (allowed.isEmpty()) {
      refusals.end(request, ProblemCode.NOT_FOUND);
    } else {
      request.response().putHeader(HttpHeaders.ALLOW, allowed).setStatusCode(204).end();
    }
  }

  private static boolean isIn(String allowed, HttpMethod method) {
    return List.of(allowed.split(", ")).contains(method.name());
  }
}
