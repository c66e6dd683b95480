package tokenbroker.tokens;

import tokenbroker.time.Moment;

/**
 * The last fetch for an account failed: no replica asks the upstream before {@code retryAt}.
 *
 * @param attempts failed fetches in a row, this one included
 * @param at when it failed
 * @param retryAt when the next attempt is due
 * @param provenance what failed: another server or other credentials may be tried at once
 */
public record UpstreamFailure(
    FailureCause cause, int attempts, Moment at, Moment retryAt, Provenance provenance) {}
