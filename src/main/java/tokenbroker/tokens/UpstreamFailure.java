package tokenbroker.tokens;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tokenbroker.time.Moment;
import tokenbroker.tokens.FailureCause.Outage;

/**
 * The last failed fetch of an owner. Until {@code retryAt} no replica calls the upstream again,
 * except to try new credentials.
 *
 * @param attempts the number of failed fetches in a row, including this one
 * @param at when the fetch failed
 * @param retryAt when the next attempt is due
 * @param detail what happened, as in {@link FetchResult.Failed}
 * @param provenance what the fetch was made with; another server or other credentials may be tried
 *     at once
 * @param lastSuccess when the client's own token was last requested successfully, by the wall
 *     clock; null if unknown. A replica that never had that token can thus report it
 */
public record UpstreamFailure(
    FailureCause cause,
    @Nullable String detail,
    int attempts,
    Moment at,
    Moment retryAt,
    Provenance provenance,
    @Nullable Instant lastSuccess) {

  public UpstreamFailure(
      FailureCause cause,
      @Nullable String detail,
      int attempts,
      Moment at,
      Moment retryAt,
      Provenance provenance) {
    this(cause, detail, attempts, at, retryAt, provenance, null);
  }

  UpstreamFailure after(@Nullable Instant success) {
    return new UpstreamFailure(cause, detail, attempts, at, retryAt, provenance, success);
  }

  /** Returns the cause and the detail, for logs. */
  String text() {
    return detail == null ? cause.label() : cause.label() + " (" + detail + ")";
  }

  /** Returns whether an operator learns nothing new from this failure after that one. */
  boolean isLike(@Nullable UpstreamFailure before) {
    return before != null
        && before.cause == cause
        && (cause != Outage.CONNECT || Objects.equals(before.detail, detail));
  }
}
