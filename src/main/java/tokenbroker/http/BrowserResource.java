package tokenbroker.http;

import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HEAD;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Cookie;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.NewCookie;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;
import org.jspecify.annotations.Nullable;
import tokenbroker.connections.Authorization;
import tokenbroker.connections.AuthorizationId;
import tokenbroker.connections.Authorizations;
import tokenbroker.connections.Callback;
import tokenbroker.connections.Callbacks;
import tokenbroker.connections.Callbacks.Destination;
import tokenbroker.connections.StateParameter;
import tokenbroker.observability.Audit;
import tokenbroker.observability.AuditEntry;
import tokenbroker.observability.AuditEvent;
import tokenbroker.observability.Requester;
import tokenbroker.tokens.StoreUnavailable;

/**
 * The part of the authorization-code flow that browsers see: redirects, and a page if there is no
 * address to redirect to. The user is not authenticated here, so no page shows anything from the
 * request except its trace id.
 */
@RunOnVirtualThread
@Path("")
class BrowserResource {

  /**
   * The allowed {@code code}. The length limit keeps it short enough for a query; RFC 6749 appendix
   * A.11 sets none.
   */
  private static final Pattern CODE = Pattern.compile("[ -~]{1,2048}");

  private static final int LONGEST_ERROR = 256;
  private static final Logger LOG = Logger.getLogger(BrowserResource.class);

  private final Authorizations authorizations;
  private final Callbacks callbacks;
  private final Audit audit;

  BrowserResource(Authorizations authorizations, Callbacks callbacks, Audit audit) {
    this.audit = audit;
    this.authorizations = authorizations;
    this.callbacks = callbacks;
  }

  @GET
  @Path("connect/{authorization}")
  public Response connect(
      @RestPath String authorization,
      @Context HttpHeaders headers,
      @Context HttpServerRequest request) {
    return answered(
        headers,
        request,
        () ->
            AuthorizationId.parse(authorization)
                .flatMap(id -> authorizations.visit(id, cookie(headers)))
                .map(consent -> sent(Response.Status.FOUND, consent.page(), consent.cookie()))
                .orElseGet(() -> refused(AuditEvent.VISIT, BrowserPage.EXPIRED, request)));
  }

  @GET
  @Path("oauth/callback")
  public Response comeBack(
      @Context UriInfo uri, @Context HttpHeaders headers, @Context HttpServerRequest request) {
    return answered(
        headers, request, () -> received(uri.getQueryParameters(), cookie(headers), request));
  }

  /**
   * Answers {@code HEAD} on a link without changing anything. Mail scanners, for example, send it.
   */
  @HEAD
  @Path("connect/{authorization}")
  public Response lookAtLink(@RestPath String authorization, @Context HttpServerRequest request) {
    return lookedAt(request);
  }

  /**
   * Answers {@code HEAD} on a callback without changing anything. Link checkers, for example, send
   * it.
   */
  @HEAD
  @Path("oauth/callback")
  public Response lookAtCallback(@Context HttpServerRequest request) {
    return lookedAt(request);
  }

  /** Answers every failure with a page, because a person reads the answer. */
  @ServerExceptionMapper
  Response failed(RuntimeException e, HttpServerRequest request) {
    var traceId = traceId(request);
    LOG.errorf(e, "A request of a browser failed unexpectedly (trace_id %s)", traceId);
    return BrowserPage.UNKNOWN.response(traceId);
  }

  private Response lookedAt(HttpServerRequest request) {
    return authorizations.areOn() ? BrowserPage.nothing() : page(BrowserPage.NOT_FOUND, request);
  }

  /** Answers a request that the user made, and refuses one that the browser made in advance. */
  private Response answered(
      HttpHeaders headers, HttpServerRequest request, Supplier<Response> answer) {
    if (!authorizations.areOn()) {
      return page(BrowserPage.NOT_FOUND, request);
    }
    if (Prefetch.is(headers)) {
      return page(BrowserPage.NOT_YET, request);
    }
    if (!audit.isAvailable()) {
      var traceId = traceId(request);
      audit.unavailable(requester(request, traceId));
      return BrowserPage.UNAVAILABLE.response(traceId);
    }
    try {
      return answer.get();
    } catch (StoreUnavailable e) {
      var traceId = traceId(request);
      LOG.debugf("The store is unavailable: %s (trace_id %s)", e.getMessage(), traceId);
      return BrowserPage.UNAVAILABLE.response(traceId);
    }
  }

  private Response received(
      MultivaluedMap<String, String> query, @Nullable String cookie, HttpServerRequest request) {
    var state = single(query, "state").flatMap(StateParameter::parse);
    var callback = callback(query);
    if (state.isEmpty() || callback.isEmpty()) {
      return refused(AuditEvent.CALLBACK, BrowserPage.MALFORMED, request);
    }
    return switch (callbacks.receive(state.get(), callback.get(), cookie)) {
      case Destination.Back(var address) -> sent(Response.Status.SEE_OTHER, address, cookie);
      case Destination.Expired _ -> refused(AuditEvent.CALLBACK, BrowserPage.EXPIRED, request);
      case Destination.Unknown _ -> unknown(request);
    };
  }

  private static Response unknown(HttpServerRequest request) {
    var traceId = traceId(request);
    LOG.warnf(
        "A callback ended without an outcome, because the one that carries the authorization out"
            + " takes too long, or its process died (trace_id %s)",
        traceId);
    return BrowserPage.UNKNOWN.response(traceId);
  }

  /**
   * Refuses a request that belongs to no authorization. Anyone can send such requests in any
   * number, so the broker audits them sparingly.
   */
  private Response refused(AuditEvent event, BrowserPage page, HttpServerRequest request) {
    var traceId = traceId(request);
    audit.recordSparingly(
        AuditEntry.of(event, page.name().toLowerCase(Locale.ROOT)).by(requester(request, traceId)));
    return page.response(traceId);
  }

  private static Response page(BrowserPage page, HttpServerRequest request) {
    return page.response(traceId(request));
  }

  private static Requester requester(HttpServerRequest request, String traceId) {
    return new Requester(null, VerifiedRequest.address(request), traceId);
  }

  /** Returns the request's trace id. Each call may return another one if the browser sent none. */
  private static String traceId(HttpServerRequest request) {
    return TraceId.of(request.getHeader("traceparent"));
  }

  private static Optional<Callback> callback(MultivaluedMap<String, String> query) {
    if (query.containsKey("code") == query.containsKey("error")) {
      return Optional.empty();
    }
    return query.containsKey("code")
        ? single(query, "code")
            .filter(text -> CODE.matcher(text).matches())
            .map(Callback.WithCode::new)
        : single(query, "error")
            .filter(text -> text.length() <= LONGEST_ERROR)
            .map(Callback.WithError::new);
  }

  /**
   * Redirects the browser and renews the cookie. The cookie lives as long as the outcome, so that a
   * reload finds the outcome.
   */
  private Response sent(Response.Status status, URI address, @Nullable String cookie) {
    var redirect = BrowserPage.redirect(status, address);
    return (cookie == null ? redirect : redirect.cookie(newCookie(cookie))).build();
  }

  /** Returns the parameter, or empty if it is missing, empty or repeated. */
  private static Optional<String> single(MultivaluedMap<String, String> query, String name) {
    var values = query.get(name);
    return values == null || values.size() != 1 || values.getFirst().isEmpty()
        ? Optional.empty()
        : Optional.of(values.getFirst());
  }

  private @Nullable String cookie(HttpHeaders headers) {
    Map<String, Cookie> cookies = headers.getCookies();
    var cookie = cookies.get(cookieName());
    return cookie == null ? null : cookie.getValue();
  }

  private NewCookie newCookie(String value) {
    return new NewCookie.Builder(cookieName())
        .value(value)
        .path("/")
        .maxAge((int) Authorization.LIFE.toSeconds())
        .httpOnly(true)
        .secure(authorizations.areSecure())
        .sameSite(NewCookie.SameSite.LAX)
        .build();
  }

  /**
   * Returns the cookie's name. With the {@code __Host-} prefix, browsers enforce the cookie's
   * attributes. Without TLS they would reject a cookie with that prefix.
   */
  private String cookieName() {
    return authorizations.areSecure() ? "__Host-token-broker" : "token-broker";
  }
}
