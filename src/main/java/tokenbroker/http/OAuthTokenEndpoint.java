package tokenbroker.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import tokenbroker.callers.Caller;
import tokenbroker.callers.CredentialForm;
import tokenbroker.callers.Verification;
import tokenbroker.callers.VerifiedCallers;
import tokenbroker.http.Admission.Admitted;
import tokenbroker.http.OAuthTokenRequest.Reading;
import tokenbroker.observability.Requester;
import tokenbroker.time.Clocks;
import tokenbroker.tokens.TokenBroker;
import tokenbroker.tokens.TokenResult;
import tokenbroker.tokens.TokenResult.Issued;
import tokenbroker.tokens.TokenResult.NotIssued;

/**
 * The standard token endpoint, {@code POST /oauth2/token} (RFC 6749 §3.2, contract §8). It makes
 * the broker the authorization server of any OAuth client. The rules are those of {@link
 * TokenResource}; only the language differs. For a cached caller and a nearby token it answers on
 * the event loop, without the REST framework.
 */
@Singleton
class OAuthTokenEndpoint {

  static final String PATH = "/oauth2/token";

  private static final Logger LOG = Logger.getLogger(OAuthTokenEndpoint.class);
  private static final CharSequence JSON = HttpHeaders.createOptimized("application/json");
  private static final CharSequence NO_STORE = HttpHeaders.createOptimized("no-store");
  private static final CharSequence NO_CACHE = HttpHeaders.createOptimized("no-cache");
  private static final CharSequence PRAGMA = HttpHeaders.createOptimized("Pragma");
  private static final CharSequence TOKEN_ID = HttpHeaders.createOptimized("Token-Id");
  private static final String CHALLENGE = "Basic realm=\"token-broker\"";

  private final VerifiedCallers callers;
  private final CallerChecks checks;
  private final Admission admission;
  private final TokenBroker broker;
  private final TokenResponses responses;
  private final VirtualThreads threads;
  private final Clocks clocks;
  private final PublicHost publicHost;
  private final ObjectWriter tokens;
  private final ObjectWriter errors;

  OAuthTokenEndpoint(
      VerifiedCallers callers,
      CallerChecks checks,
      Admission admission,
      TokenBroker broker,
      TokenResponses responses,
      VirtualThreads threads,
      Clocks clocks,
      PublicHost publicHost,
      ObjectMapper json) {
    this.callers = callers;
    this.checks = checks;
    this.admission = admission;
    this.broker = broker;
    this.responses = responses;
    this.threads = threads;
    this.clocks = clocks;
    this.publicHost = publicHost;
    this.tokens = json.writerFor(OAuthTokenView.class);
    this.errors = json.writerFor(OAuthErrorView.class);
  }

  /** Answers a POST of this endpoint, and passes any other on. */
  void handle(RoutingContext routing) {
    var request = routing.request();
    if (!PATH.equals(request.path()) || publicHost.isNamedBy(request)) {
      routing.next();
      return;
    }
    var exchange = new Exchange(request);
    exchange.request.body().onSuccess(body -> guarded(exchange, () -> answer(exchange, body)));
    exchange.request.resume(); // Quarkus has paused it.
  }

  private void answer(Exchange exchange, Buffer body) {
    var request = exchange.request;
    switch (OAuthTokenRequest.read(request.headers(), request.query(), body.getBytes())) {
      case Reading.Understood(var understood) -> authenticate(exchange, understood);
      case Reading.Refused(var refusal) -> end(exchange, refusal);
      case Reading.Unauthenticated(var hasAuthorization) -> {
        var form = CredentialForm.BASIC;
        refuse(exchange, callers.withoutToken(hasAuthorization, form), form);
      }
    }
  }

  private void authenticate(Exchange exchange, OAuthTokenRequest request) {
    var caller = callers.remembered(request.jwt());
    if (caller != null) {
      admit(exchange, request, caller);
      return;
    }
    threads.run(
        () ->
            guarded(
                exchange,
                () -> {
                  var verification = callers.verify(request.jwt(), request.form());
                  exchange.onEventLoop(
                      () -> guarded(exchange, () -> verified(exchange, request, verification)));
                }));
  }

  private void verified(Exchange exchange, OAuthTokenRequest request, Verification verification) {
    switch (verification) {
      case Verification.Verified(var caller) -> admit(exchange, request, caller);
      case Verification.Refused refused -> refuse(exchange, refused, request.form());
      case Verification.Overloaded _ ->
          end(exchange, OAuthRefusal.of(ProblemCode.OVERLOADED, ProblemResponses.OVERLOADED_FOR));
      case Verification.Unavailable(var wait) ->
          end(exchange, OAuthRefusal.of(ProblemCode.KEYS_UNAVAILABLE, wait));
      case Verification.Unreviewed(var wait) ->
          end(exchange, OAuthRefusal.of(ProblemCode.REVIEW_UNAVAILABLE, wait));
    }
  }

  /** Refuses a JWT. The response does not say which check failed; the log does. */
  private void refuse(Exchange exchange, Verification.Refused refused, CredentialForm form) {
    var requester =
        new Requester(null, VerifiedRequest.address(exchange.request), exchange.traceId, form);
    checks.record(refused, requester, exchange.traceId);
    end(exchange, OAuthRefusal.unauthenticated(form));
  }

  private void admit(Exchange exchange, OAuthTokenRequest request, Caller caller) {
    var verified = exchange.of(caller, request);
    var refusal = checks.refusal(verified);
    if (refusal != null) {
      end(exchange, OAuthRefusal.of(refusal));
    } else {
      admission
          .admitted(verified, request.client())
          .ifPresentOrElse(
              admitted -> serve(exchange, request, admitted),
              () -> end(exchange, OAuthRefusal.forbidden(request.byAudience())));
    }
  }

  private void serve(Exchange exchange, OAuthTokenRequest request, Admitted admitted) {
    var hit = broker.nearby(admitted.client(), admitted.owner(), request.need());
    if (hit != null) {
      issue(exchange, request, admitted, hit);
      return;
    }
    var preferences = RequestPreferences.of(exchange.request.headers().getAll("Prefer"));
    var _ =
        broker
            .tokenFor(admitted.client(), admitted.owner(), request.need(), preferences.waitLimit())
            .whenComplete(
                (result, failure) ->
                    exchange.onEventLoop(
                        () ->
                            guarded(
                                exchange,
                                () -> {
                                  if (failure != null) {
                                    throw new IllegalStateException("no result", failure);
                                  }
                                  answer(exchange, request, admitted, result);
                                })));
  }

  private void answer(
      Exchange exchange, OAuthTokenRequest request, Admitted admitted, TokenResult result) {
    switch (result) {
      case Issued issued -> issue(exchange, request, admitted, issued);
      case NotIssued failed -> end(exchange, OAuthRefusal.of(responses.refusal(admitted, failed)));
    }
  }

  private void issue(
      Exchange exchange, OAuthTokenRequest request, Admitted admitted, Issued issued) {
    var token = issued.token();
    if (!isWithin(request.scope(), token.scope())) {
      responses.isRecorded(admitted, "invalid_scope", null);
      end(
          exchange,
          OAuthRefusal.because("invalid_scope", "The client's token does not have this scope."));
    } else if (responses.isRecorded(admitted, issued)) {
      var type = request.isExchange() ? OAuthTokenRequest.ACCESS_TOKEN_TYPE : null;
      exchange
          .request
          .response()
          .putHeader(HttpHeaders.CONTENT_TYPE, JSON)
          .putHeader(HttpHeaders.CACHE_CONTROL, NO_STORE)
          .putHeader(PRAGMA, NO_CACHE)
          .putHeader(TOKEN_ID, token.id().value())
          .end(
              json(
                  tokens,
                  OAuthTokenView.of(token, token.remaining(clocks.now()).toSeconds(), type)));
    } else {
      end(exchange, OAuthRefusal.of(TokenRefusal.UNAUDITED));
    }
  }

  /** Returns whether the token has each requested scope value. A request never narrows a token. */
  private static boolean isWithin(List<String> requested, @Nullable String scope) {
    return requested.isEmpty()
        || (scope != null && List.of(scope.split(" ")).containsAll(requested));
  }

  private void end(Exchange exchange, OAuthRefusal refusal) {
    var response = exchange.request.response().setStatusCode(refusal.status());
    headers(refusal).forEach(response::putHeader);
    response.end(json(errors, refusal.view(exchange.traceId)));
  }

  /** Returns whether errors of this path have the form of OAuth. */
  static boolean isOAuth(String path) {
    return path.startsWith("/oauth2/");
  }

  /** Returns the headers of a refusal. */
  static Map<String, String> headers(OAuthRefusal refusal) {
    var headers = new HashMap<String, String>();
    headers.put("Content-Type", "application/json");
    headers.put("Cache-Control", "no-store");
    headers.put("Pragma", "no-cache");
    if (refusal.isChallenge()) {
      headers.put("WWW-Authenticate", CHALLENGE);
    }
    var retryAfter = refusal.retryAfter();
    if (retryAfter != null) {
      headers.put("Retry-After", Long.toString(ProblemResponses.wholeSeconds(retryAfter)));
    }
    return headers;
  }

  private static Buffer json(ObjectWriter writer, Object view) {
    try {
      return Buffer.buffer(writer.writeValueAsBytes(view));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a response that is no JSON", e);
    }
  }

  /** Runs a step. If it fails unexpectedly, the client still gets an answer. */
  private void guarded(Exchange exchange, Runnable step) {
    try {
      step.run();
    } catch (RuntimeException | Error e) {
      LOG.errorf(e, "A request failed unexpectedly (trace_id %s)", exchange.traceId);
      exchange.onEventLoop(
          () -> {
            if (!exchange.request.response().ended()) {
              end(exchange, OAuthRefusal.of(ProblemCode.INTERNAL_ERROR, null));
            }
          });
    }
  }

  /** One request, and the event loop that answers it. */
  private static final class Exchange {

    private final HttpServerRequest request;
    private final long startedAt = System.nanoTime();
    private final @Nullable String traceparent;
    private final String traceId;
    private final Context eventLoop = Vertx.currentContext();

    Exchange(HttpServerRequest request) {
      this.request = request;
      this.traceparent = request.getHeader("traceparent");
      this.traceId = TraceId.of(traceparent);
    }

    VerifiedRequest of(Caller caller, OAuthTokenRequest asked) {
      return new VerifiedRequest(
          caller, VerifiedRequest.address(request), traceId, traceparent, startedAt, asked.form());
    }

    void onEventLoop(Runnable step) {
      eventLoop.runOnContext(_ -> step.run());
    }
  }
}
