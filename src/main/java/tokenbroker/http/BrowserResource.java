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
import tokenbroker.connections.UpstreamState;
import tokenbroker.observability.Audit;
import tokenbroker.observability.AuditEntry;
import tokenbroker.observability.AuditEvent;
import tokenbroker.observability.Requester;
import tokenbroker.tokens.StoreUnavailable;

/**
 * What browsers see of the authorization-code flow: redirects, and pages where there is nowhere to
 * send them. Whoever comes here is not known, so nothing that came along is shown.
 */
@RunOnVirtualThread
@Path("")
class BrowserResource {

  /** Fits a query; RFC 6749 appendix A.11 has no length. */
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
                .orElseGet(() -> refused(AuditEvent.VISIT, Page.EXPIRED, request)));
  }

  @GET
  @Path("oauth/callback")
  public Response comeBack(
      @Context UriInfo uri, @Context HttpHeaders headers, @Context HttpServerRequest request) {
    return answered(
        headers, request, () -> received(uri.getQueryParameters(), cookie(headers), request));
  }

  /** Whoever looks at a link, such as a mail scanner, changes nothing. */
  @HEAD
  @Path("connect/{authorization}")
  public Response lookAtLink(@RestPath String authorization) {
    return lookedAt();
  }

  /** Whoever looks at a callback, such as a link checker, changes nothing. */
  @HEAD
  @Path("oauth/callback")
  public Response lookAtCallback() {
    return lookedAt();
  }

  /** A person is looking: whatever broke, the answer is a page. */
  @ServerExceptionMapper
  Response failed(RuntimeException e) {
    LOG.error("A browser's request failed", e);
    return Page.UNKNOWN.response();
  }

  private Response lookedAt() {
    return authorizations.areOn() ? Page.nothing() : Page.NOT_FOUND.response();
  }

  /** Answers a person's own request alone, and never one that a browser makes ahead of it. */
  private Response answered(
      HttpHeaders headers, HttpServerRequest request, Supplier<Response> answer) {
    if (!authorizations.areOn()) {
      return Page.NOT_FOUND.response();
    }
    if (Prefetch.is(headers)) {
      return Page.NOT_YET.response();
    }
    if (!audit.isAvailable()) {
      audit.unavailable(requester(request));
      return Page.UNAVAILABLE.response();
    }
    try {
      return answer.get();
    } catch (StoreUnavailable e) {
      return Page.UNAVAILABLE.response();
    }
  }

  private Response received(
      MultivaluedMap<String, String> query, @Nullable String cookie, HttpServerRequest request) {
    var state = single(query, "state").flatMap(UpstreamState::parse);
    var callback = callback(query);
    if (state.isEmpty() || callback.isEmpty()) {
      return refused(AuditEvent.CALLBACK, Page.MALFORMED, request);
    }
    return switch (callbacks.receive(state.get(), callback.get(), cookie)) {
      case Destination.Back(var address) -> sent(Response.Status.SEE_OTHER, address, cookie);
      case Destination.Expired _ -> refused(AuditEvent.CALLBACK, Page.EXPIRED, request);
      case Destination.Unknown _ -> Page.UNKNOWN.response();
    };
  }

  /** Anybody can send what belongs to no authorization, as often as they like. */
  private Response refused(AuditEvent event, Page page, HttpServerRequest request) {
    audit.recordSparingly(
        AuditEntry.of(event, page.name().toLowerCase(Locale.ROOT)).by(requester(request)));
    return page.response();
  }

  private static Requester requester(HttpServerRequest request) {
    return new Requester(
        null, request.remoteAddress(), TraceId.of(request.getHeader("traceparent")));
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

  /** The cookie lives on as long as the outcome does, so that a reload finds it. */
  private Response sent(Response.Status status, URI address, @Nullable String cookie) {
    var redirect = Page.redirect(status, address);
    return (cookie == null ? redirect : redirect.cookie(newCookie(cookie))).build();
  }

  /** Empty where the parameter is missing, empty, or there more than once. */
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

  /** The prefix makes browsers insist on what it promises; without TLS they would refuse it. */
  private String cookieName() {
    return authorizations.areSecure() ? "__Host-token-broker" : "token-broker";
  }
}
