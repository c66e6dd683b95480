package tokenbroker.http;

import jakarta.inject.Singleton;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.jspecify.annotations.Nullable;
import tokenbroker.http.Admission.Admitted;
import tokenbroker.observability.Audit;
import tokenbroker.observability.AuditEntry;
import tokenbroker.observability.AuditEvent;
import tokenbroker.observability.Traces;
import tokenbroker.time.Clocks;
import tokenbroker.tokens.AccessToken;
import tokenbroker.tokens.FailureCause.InvalidResponse;
import tokenbroker.tokens.FailureCause.Local;
import tokenbroker.tokens.FailureCause.OAuthError;
import tokenbroker.tokens.FailureCause.Outage;
import tokenbroker.tokens.Freshness;
import tokenbroker.tokens.Invalidation;
import tokenbroker.tokens.TokenId;
import tokenbroker.tokens.TokenResult;
import tokenbroker.tokens.TokenResult.Failed;
import tokenbroker.tokens.TokenResult.Gone;
import tokenbroker.tokens.TokenResult.Issued;
import tokenbroker.tokens.TokenResult.NotIssued;
import tokenbroker.tokens.TokenResult.TimedOut;
import tokenbroker.tokens.TokenResult.TooSoon;
import tokenbroker.usage.Usage;

/**
 * Translates the result of a token request to HTTP, in one place. It also counts, times and audits
 * each request.
 */
@Singleton
class TokenResponses {

  static final String NO_CONNECTION = "This client has no connection with this id.";

  /**
   * The outcome of a request whose token the broker withheld, because it could not audit the
   * request.
   */
  private static final String NOT_AUDITED = "not_audited";

  /** The form in which the caller wants its token. */
  enum Representation {
    JSON,
    TEXT,
    /** Everything in headers, as a proxy needs it. */
    MINIMAL
  }

  private final Freshness freshness;
  private final RequestMetrics metrics;
  private final Audit audit;
  private final Traces traces;
  private final Usage usage;
  private final Clocks clocks;

  TokenResponses(
      Freshness freshness,
      RequestMetrics metrics,
      Audit audit,
      Traces traces,
      Usage usage,
      Clocks clocks) {
    this.freshness = freshness;
    this.metrics = metrics;
    this.audit = audit;
    this.traces = traces;
    this.usage = usage;
    this.clocks = clocks;
  }

  Response answer(Admitted to, TokenResult result, Representation representation) {
    return switch (result) {
      case Issued issued ->
          isRecorded(to, issued)
              ? token(to, issued, representation, null)
              : ProblemResponses.unaudited(to.verified().traceId());
      case NotIssued failed -> refused(to, failed);
    };
  }

  /** Returns whether a token could be audited now, and so be handed out. */
  boolean isAuditAvailable() {
    return audit.isAvailable();
  }

  Response invalidated(Admitted to, Invalidation invalidation) {
    if (invalidation.inVain()) {
      usage.reportedInVain(to.client().name(), to.verified().caller());
    }
    var replaced = invalidation.replaced();
    return switch (invalidation.current()) {
      case Issued issued ->
          isRecorded(to, replaced ? "replaced" : "not_replaced", issued.token().id())
              ? token(to, issued, Representation.JSON, replaced)
              : ProblemResponses.unaudited(to.verified().traceId());
      case NotIssued failed -> refused(to, failed);
    };
  }

  private Response token(
      Admitted to, Issued issued, Representation representation, @Nullable Boolean replaced) {
    var token = issued.token();
    var response =
        switch (representation) {
          case MINIMAL ->
              Response.noContent().header(HttpHeaders.AUTHORIZATION, "Bearer " + token.value());
          case TEXT ->
              Response.ok(token.value(), MediaType.TEXT_PLAIN_TYPE)
                  .header(HttpHeaders.VARY, HttpHeaders.ACCEPT);
          case JSON ->
              Response.ok(view(to, issued, replaced), MediaType.APPLICATION_JSON_TYPE)
                  .header(HttpHeaders.VARY, HttpHeaders.ACCEPT);
        };
    return response
        .header(HttpHeaders.CACHE_CONTROL, "no-store")
        .header("Pragma", "no-cache")
        .header("Token-Id", token.id().value())
        .build();
  }

  private TokenView view(Admitted to, Issued issued, @Nullable Boolean replaced) {
    var token = issued.token();
    return TokenView.of(token, validity(to, token), issued.warning(), replaced);
  }

  /** Returns how long the token is valid for this caller, from now. */
  Validity validity(Admitted to, AccessToken token) {
    var now = clocks.now();
    return Validity.of(
        token, now, freshness.refreshAt(token, to.verified().caller().subject(), now));
  }

  private Response refused(Admitted to, NotIssued result) {
    var refusal = refusal(to, result);
    var problem = refusal.code().problem(refusal.detail(), to.verified().traceId());
    var error = refusal.upstreamError();
    return ProblemResponses.response(
            error == null ? problem : problem.because(error), refusal.retryAfter())
        .build();
  }

  /** Records that the caller gets no token, and returns why. */
  TokenRefusal refusal(Admitted to, NotIssued result) {
    isRecorded(to, outcome(result), null);
    return TokenRefusal.of(result);
  }

  private static String outcome(NotIssued result) {
    return switch (result) {
      case Failed(OAuthError _, _), Failed(InvalidResponse _, _) -> "rejected";
      // A user caused this, not an outage. Alerts on errors leave out this outcome and the next
      // one.
      case Failed(Local cause, _) when cause == Local.RECONNECT_REQUIRED -> "reconnect_required";
      case Gone _ -> "not_found";
      case Failed(Outage _, _), Failed(Local _, _) -> "unavailable";
      case TimedOut _ -> "timeout";
      case TooSoon _ -> "throttled";
    };
  }

  /** Counts, times and audits a token. Returns whether it may be handed out. */
  boolean isRecorded(Admitted to, Issued issued) {
    return isRecorded(to, issued.servedFrom().label(), issued.token().id());
  }

  /**
   * Counts, times and audits a request. Returns whether the token may be handed out.
   *
   * @param token null if the caller gets none
   */
  boolean isRecorded(Admitted to, String outcome, @Nullable TokenId token) {
    var verified = to.verified();
    var isAudited =
        audit.record(
            AuditEntry.of(AuditEvent.TOKEN, outcome)
                .by(verified.requester())
                .of(to.owner())
                .token(token));
    var told = isAudited || token == null ? outcome : NOT_AUDITED;
    var nanos = System.nanoTime() - verified.startedAt();
    metrics.answered(
        to.client().name(),
        to.rule(),
        told,
        nanos,
        traces.isRecorded(verified.traceId(), verified.traceparent()) ? verified.traceId() : null);
    usage.requested(to.client().name(), verified.caller());
    traces.answered(to.owner(), told, token, verified.traceId(), verified.traceparent(), nanos);
    return isAudited;
  }
}
