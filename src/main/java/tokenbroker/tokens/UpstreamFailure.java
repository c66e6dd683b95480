package tokenbroker.tokens;

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
 */
public record UpstreamFailure(
    FailureCause cause,
    @Nullable String detail,
    int attempts,
    Moment at,
    Moment retryAt,
    Provenance provenance) {

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
