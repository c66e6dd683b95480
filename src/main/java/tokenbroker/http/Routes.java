package tokenbroker.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.vertx.http.ManagementInterface;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is ahead of the resources and behind them: the hot path, and, said in the same form, bodies
 * that are too large and paths that nobody serves.
 */
@ApplicationScoped
class Routes {

  private static final long LARGEST_BODY = 8 * 1024;
  private static final int BEFORE_ALL = -1_000;

  private final Pipelines pipelines = new Pipelines();
  private final HotPath hotPath;
  private final ObjectMapper json;

  Routes(HotPath hotPath, ObjectMapper json) {
    this.hotPath = hotPath;
    this.json = json;
  }

  void routes(@Observes Router router) {
    router.route().order(BEFORE_ALL).handler(pipelines::handle);
    router.route().order(BEFORE_ALL + 1).failureHandler(this::refuseWithoutHost);
    router.route().order(BEFORE_ALL + 2).handler(this::refuseLargeBodies);
    router.get().order(BEFORE_ALL + 3).handler(hotPath::handle);
    router.route().order(BEFORE_ALL + 4).handler(this::checkMethod);
    router.route().last().handler(request -> end(request, ProblemCode.NOT_FOUND));
    router.errorHandler(400, request -> end(request, ProblemCode.INVALID_REQUEST));
    router.errorHandler(413, request -> end(request, ProblemCode.CONTENT_TOO_LARGE));
  }

  /**
   * Answers what the router refuses because it has no valid {@code Host} (RFC 9112 §3.2). The
   * framework's own answer is no problem document, and it logs an error for each.
   */
  private void refuseWithoutHost(RoutingContext request) {
    if (request.request().authority() == null && !request.response().headWritten()) {
      request.response().putHeader(HttpHeaders.CONNECTION, "close");
      end(request, ProblemCode.INVALID_REQUEST);
    } else {
      request.next();
    }
  }

  void managementRoutes(@Observes ManagementInterface management) {
    management.router().route().order(BEFORE_ALL).failureHandler(this::refuseWithoutHost);
  }

  private void refuseLargeBodies(RoutingContext request) {
    if (isLarge(request.request().getHeader(HttpHeaders.CONTENT_LENGTH))) {
      request.response().putHeader(HttpHeaders.CONNECTION, "close");
      end(request, ProblemCode.CONTENT_TOO_LARGE);
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

  private static boolean isLarge(@Nullable String contentLength) {
    return contentLength != null
        && (contentLength.length() > 18 || Long.parseLong(contentLength) > LARGEST_BODY);
  }

  private void end(RoutingContext request, ProblemCode code) {
    var traceId = TraceId.of(request.request().getHeader("traceparent"));
    try {
      request
          .response()
          .setStatusCode(code.status)
          .putHeader(HttpHeaders.CONTENT_TYPE, Problems.PROBLEM_JSON.toString())
          .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
          .end(Buffer.buffer(json.writeValueAsBytes(code.problem(traceId))));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
