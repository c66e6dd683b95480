package tokenbroker.jobs;

import java.time.Instant;

/**
 * The state of a background job.
 *
 * @param lastSuccess when it last succeeded, or first started
 * @param failed whether its last run failed; the log has the reason
 * @param stalled whether it has had no success for too long, so that the liveness check fails
 */
public record JobStatus(String name, Instant lastSuccess, boolean failed, boolean stalled) {}
