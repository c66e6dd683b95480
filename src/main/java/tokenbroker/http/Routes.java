package tokenbroker.http;

import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/**
 * The handlers that run before and after the resources. The first are the hot paths. The others
 * refuse paths that are ambiguous, that the requested host does not have, or that no resource
 * serves. All refusals have the same form.
 */
@Singleton
class Routes {

  private static final int BEFORE_ALL = -1_000;

  private final HotPath hotPath;
  private final OAuthTokenEndpoint tokenEndpoint;
  private final OAuthMetadata metadata;
  private final PublicHost publicHost;
  private final MethodCheck methods;
  private final RefusedRequests refusals;

  Routes(
      HotPath hotPath,
      OAuthTokenEndpoint tokenEndpoint,
      OAuthMetadata metadata,
      PublicHost publicHost,
      MethodCheck methods,
      RefusedRequests refusals) {
    this.hotPath = hotPath;
    this.tokenEndpoint = tokenEndpoint;
    this.metadata = metadata;
    this.publicHost = publicHost;
    this.methods = methods;
    this.refusals = refusals;
  }

  void routes(@Observes Router router) {
    router.get().order(BEFORE_ALL).handler(hotPath::handle);
    router.post().order(BEFORE_ALL).handler(tokenEndpoint::handle);
    router
        .route()
        .order(BEFORE_ALL + 1)
        .handler(this::checkPath)
        .failureHandler(refusals::endIfMalformed);
    router.route().order(BEFORE_ALL + 2).handler(methods::check);
    router
        .route(OAuthMetadata.PATH)
        .method(HttpMethod.GET)
        .method(HttpMethod.HEAD)
        .order(BEFORE_ALL + 3)
        .handler(metadata::handle);
    router.route().last().handler(request -> refusals.end(request, ProblemCode.NOT_FOUND));
    router.errorHandler(400, request -> refusals.end(request, ProblemCode.INVALID_REQUEST));
    router.errorHandler(413, request -> refusals.end(request, ProblemCode.CONTENT_TOO_LARGE));
  }

  private void checkPath(RoutingContext request) {
    var path = request.request().path();
    if (path == null || !BrowserPaths.isPlain(path)) {
      refusals.endReadably(request, ProblemCode.NOT_FOUND);
    } else if (BrowserPaths.has(path)) {
      publicHost.guard(request.request());
      request.next();
    } else if (publicHost.isNamedBy(request.request()) || isUnknownToOAuth(path)) {
      refusals.end(request, ProblemCode.NOT_FOUND);
    } else {
      request.next();
    }
  }

  /** The REST framework would answer such a path with a problem document. */
  private static boolean isUnknownToOAuth(String path) {
    return OAuthTokenEndpoint.isOAuth(path) && !path.equals(OAuthTokenEndpoint.PATH);
  }
}
