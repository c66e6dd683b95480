package tokenbroker.callers;

import jakarta.enterprise.context.ApplicationScoped;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import tokenbroker.time.Sparingly;
import tokenbroker.time.Ticker;

/**
 * The log of verified callers that may not use the client that they named. It logs the first denial
 * of each caller at once, then at most one per minute, with the number of those in between. The
 * audit has them all.
 */
@ApplicationScoped
public class DeniedCallers {

  private static final Logger LOG = Logger.getLogger(DeniedCallers.class);

  private final Sparingly<Caller> sparingly;

  public DeniedCallers(Ticker ticker) {
    sparingly = new Sparingly<>(ticker);
  }

  /**
   * Logs the denial, unless one of the same caller was logged within the last minute.
   *
   * @param client the name of the client that the caller sent; null if it is malformed
   * @param reason why the caller may not use it, in words
   * @param traceId the trace id in the answer to the caller
   */
  public void log(Caller caller, @Nullable String client, String reason, String traceId) {
    sparingly
        .admit(caller.withoutJwtId())
        .ifPresent(
            skipped ->
                LOG.warnf(
                    "Caller %s of issuer %s may not use the client %s: %s. trace_id %s.%s",
                    QuotedClaim.of(caller.subject()),
                    caller.issuer(),
                    client == null ? "that it named" : client,
                    reason,
                    traceId,
                    skipped == 0
                        ? ""
                        : " "
                            + skipped
                            + " more denials of this caller since the last such line."));
  }
}
