package tokenbroker.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.List;
import tokenbroker.server.RefusalForm.Answer;

/**
 * What is ahead of the resources and behind them: the hot path, and, said in the same form, paths
 * that are ambiguous, that a host does not have, or that nobody serves.
 */
@ApplicationScoped
class Routes {

  private static final int BEFORE_ALL = -1_000;

  private final HotPath hotPath;
  private final PublicHost publicHost;
  private final RefusedRequests refusals;

  Routes(HotPath hotPath, PublicHost publicHost, RefusedRequests refusals) {
    this.hotPath = hotPath;
    this.publicHost = publicHost;
    this.refusals = refusals;
  }

  void routes(@Observes Router router) {
    router.get().order(BEFORE_ALL).handler(hotPath::handle);
    router
        .route()
        .order(BEFORE_ALL + 1)
        .handler(this::checkPath)
        .failureHandler(this::refuseMalformed);
    router.route().order(BEFORE_ALL + 2).handler(this::checkMethod);
    router.route().last().handler(request -> end(request, ProblemCode.NOT_FOUND));
    router.errorHandler(400, request -> end(request, ProblemCode.INVALID_REQUEST));
    router.errorHandler(413, request -> end(request, ProblemCode.CONTENT_TOO_LARGE));
  }

  private void checkPath(RoutingContext request) {
    var path = request.request().path();
    if (path == null || !BrowserPaths.isPlain(path)) {
      refuse(request, ProblemCode.NOT_FOUND);
    } else if (BrowserPaths.has(path)) {
      publicHost.guard(request.request());
      request.next();
    } else if (publicHost.isNamedBy(request.request())) {
      end(request, ProblemCode.NOT_FOUND);
    } else {
      request.next();
    }
  }

  /**
   * A malformed {@code :authority} (HTTP/2) among others: the caller's fault, and no line of log.
   */
  private void refuseMalformed(RoutingContext request) {
    if (request.statusCode() == ProblemCode.INVALID_REQUEST.status) {
      refuse(request, ProblemCode.INVALID_REQUEST);
    } else {
      request.next();
    }
  }

  /**
   * The framework takes a method that another path has for a missing path, and lists methods that
   * are another path's.
   */
  private void checkMethod(RoutingContext request) {
    var allowed = AllowedMethods.at(request.normalizedPath());
    var method = request.request().method();
    if (allowed.isEmpty() || (isIn(allowed, method) && !method.equals(HttpMethod.OPTIONS))) {
      request.next();
      return;
    }
    request.response().putHeader(HttpHeaders.ALLOW, allowed);
    if (method.equals(HttpMethod.OPTIONS)) {
      request.response().setStatusCode(204).end();
    } else {
      end(request, ProblemCode.METHOD_NOT_ALLOWED);
    }
  }

  private static boolean isIn(String allowed, HttpMethod method) {
    return List.of(allowed.split(", ")).contains(method.name());
  }

  /** With a page where a person may be looking. */
  private void refuse(RoutingContext request, ProblemCode code) {
    var traceparent = request.request().getHeader("traceparent");
    var answer = refusals.answer(code.status, request.request().path(), traceparent);
    end(request, code.status, answer);
  }

  private void end(RoutingContext request, ProblemCode code) {
    var traceparent = request.request().getHeader("traceparent");
    end(request, code.status, refusals.problem(code, traceparent));
  }

  private static void end(RoutingContext request, int status, Answer answer) {
    var response = request.response().setStatusCode(status);
    answer.headers().forEach(response::putHeader);
    response.end(Buffer.buffer(answer.body()));
  }
}
