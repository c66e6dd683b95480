package tokenbroker.http;

import jakarta.enterprise.context.ApplicationScoped;
import org.jspecify.annotations.Nullable;
import tokenbroker.callers.RefusedCallers;
import tokenbroker.callers.Verification;
import tokenbroker.observability.Audit;
import tokenbroker.observability.AuditEntry;
import tokenbroker.observability.AuditEvent;
import tokenbroker.observability.Requester;
import tokenbroker.usage.RefusedUsage;

/** What applies to each caller after its JWT was verified or refused, whatever it requests. */
@ApplicationScoped
class CallerChecks {

  private final RateLimits limits;
  private final RequestMetrics metrics;
  private final RefusedCallers refusedCallers;
  private final RefusedUsage usage;
  private final Audit audit;

  CallerChecks(
      RateLimits limits,
      RequestMetrics metrics,
      RefusedCallers refusedCallers,
      RefusedUsage usage,
      Audit audit) {
    this.limits = limits;
    this.metrics = metrics;
    this.refusedCallers = refusedCallers;
    this.usage = usage;
    this.audit = audit;
  }

  /**
   * Counts the request towards the caller's rate limit. Returns why the caller must not be served
   * now; null if it may be.
   */
  @Nullable TokenRefusal refusal(VerifiedRequest verified) {
    var wait = limits.waitFor(verified.caller());
    if (!wait.isZero()) {
      metrics.rateLimited(verified.caller());
      usage.rateLimited(verified.caller());
      audit.recordSparingly(
          AuditEntry.of(AuditEvent.RATE_LIMIT, "throttled").by(verified.requester()));
      return TokenRefusal.of(ProblemCode.RATE_LIMITED, wait);
    }
    if (!audit.isAvailable()) {
      audit.unavailable(verified.requester());
      return TokenRefusal.UNAUDITED;
    }
    return null;
  }

  /** Logs and audits a refused JWT. Of many refusals for one reason, it records one a minute. */
  void record(Verification.Refused refused, Requester requester, String traceId) {
    usage.unauthenticated(refused);
    refusedCallers
        .log(refused, traceId)
        .ifPresent(suppressed -> audit.refused(requester, refused, suppressed));
  }
}
