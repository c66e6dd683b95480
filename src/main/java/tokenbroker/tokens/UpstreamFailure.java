package tokenbroker.tokens;

import tokenbroker.time.Moment;

/**
 * The last failed fetch of an owner. Until {@code retryAt} no replica calls the upstream again,
 * except to try new credentials.
 *
 * @param attempts the number of failed fetches in a row, including this one
 * @param at when the fetch failed
 * @param retryAt when the next attempt is due
 * @param provenance what the fetch was made with; another server or other credentials may be tried
 *     at once
 */
public record UpstreamFailure(
    FailureCause cause, int attempts, Moment at, Moment retryAt, Provenance provenance) {}
