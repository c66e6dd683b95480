package tokenbroker.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import org.jspecify.annotations.Nullable;
import tokenbroker.callers.VerifiedCallers;
import tokenbroker.clients.ClientName;
import tokenbroker.http.Admission.Admitted;
import tokenbroker.tokens.TokenBroker;
import tokenbroker.tokens.TokenRequirement;

/**
 * The fast answer to {@code GET /tokens/<client>} in its most frequent form. In that form the
 * caller is cached, the token is nearby, and the request has no unusual options. This handler
 * answers on the event loop, before all others. It passes any other request on to {@link
 * TokenResource}, which gives the same answers.
 */
@ApplicationScoped
class HotPath {

  private static final String PATH = "/tokens/";
  private static final TokenRequirement USABLE = new TokenRequirement.Usable();
  private static final CharSequence PREFER = HttpHeaders.createOptimized("Prefer");
  private static final CharSequence TOKEN_ID = HttpHeaders.createOptimized("Token-Id");
  private static final CharSequence ACCEPT = HttpHeaders.createOptimized("Accept");
  private static final CharSequence PRAGMA = HttpHeaders.createOptimized("Pragma");
  private static final CharSequence NO_CACHE = HttpHeaders.createOptimized("no-cache");
  private static final CharSequence NO_STORE = HttpHeaders.createOptimized("no-store");
  private static final CharSequence JSON = HttpHeaders.createOptimized("application/json");

  private final VerifiedCallers callers;
  private final RateLimits limits;
  private final Admission admission;
  private final TokenBroker broker;
  private final TokenResponses answers;
  private final PublicHost publicHost;
  private final ObjectWriter json;

  HotPath(
      VerifiedCallers callers,
      RateLimits limits,
      Admission admission,
      TokenBroker broker,
      TokenResponses answers,
      PublicHost publicHost,
      ObjectMapper json) {
    this.callers = callers;
    this.limits = limits;
    this.admission = admission;
    this.broker = broker;
    this.answers = answers;
    this.publicHost = publicHost;
    this.json = json.writerFor(TokenView.class);
  }

  void handle(RoutingContext context) {
    var admitted = admitted(context.request());
    var hit = admitted == null ? null : broker.nearby(admitted.client(), admitted.owner(), USABLE);
    // The limit comes last. A request that is passed on is counted by CallerFilter.
    if (admitted == null
        || hit == null
        || !answers.isAuditAvailable()
        || !isWithinLimit(admitted)) {
      context.next();
      return;
    }
    var answer = answers.issued(admitted, hit);
    if (answer == null) {
      context.next();
      return;
    }
    context
        .response()
        .putHeader(HttpHeaders.CONTENT_TYPE, JSON)
        .putHeader(HttpHeaders.CACHE_CONTROL, NO_STORE)
        .putHeader(PRAGMA, NO_CACHE)
        .putHeader(HttpHeaders.VARY, ACCEPT)
        .putHeader(TOKEN_ID, hit.token().id().value())
        .end(body(answer));
  }

  private @Nullable Admitted admitted(HttpServerRequest request) {
    var startedAt = System.nanoTime();
    var jwt = BearerToken.of(request.getHeader(HttpHeaders.AUTHORIZATION));
    if (jwt == null || !isUsual(request)) {
      return null;
    }
    var client = ClientName.parse(request.path().substring(PATH.length())).orElse(null);
    var caller = client == null ? null : callers.remembered(jwt);
    if (client == null || caller == null) {
      return null;
    }
    var traceparent = request.getHeader("traceparent");
    return admission.find(
        new VerifiedRequest(
            caller, request.remoteAddress(), TraceId.of(traceparent), traceparent, startedAt),
        client);
  }

  private boolean isUsual(HttpServerRequest request) {
    return request.headers().getAll(HttpHeaders.AUTHORIZATION).size() == 1
        && request.path() != null
        && request.path().startsWith(PATH)
        && request.query() == null
        && !request.headers().contains(PREFER)
        && !publicHost.isNamedBy(request)
        && wantsJson(request);
  }

  /** Returns whether the caller prefers JSON. The two most frequent headers need no parsing. */
  private static boolean wantsJson(HttpServerRequest request) {
    if (request.getHeader(HttpHeaders.ACCEPT) == null) {
      return true;
    }
    var accept = request.headers().getAll(HttpHeaders.ACCEPT);
    var only = accept.size() == 1 ? accept.getFirst() : "";
    return only.equals("*/*")
        || only.equals(Negotiation.JSON)
        || Negotiation.JSON.equals(Negotiation.best(accept, Negotiation.JSON, Negotiation.TEXT));
  }

  /**
   * Counts the request and returns whether it is within the caller's rate limit. {@link
   * CallerFilter} counts a request beyond the limit in the metrics and refuses it.
   */
  private boolean isWithinLimit(Admitted admitted) {
    return limits.waitFor(admitted.verified().caller()).isZero();
  }

  private Buffer body(TokenView answer) {
    try {
      return Buffer.buffer(json.writeValueAsBytes(answer));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a response could not be written as JSON", e);
    }
  }
}
