/**
 * Audit, traces and health checks. Metrics are where the counted thing happens: {@code
 * callers.CallerMetrics}, {@code http.RequestMetrics}, {@code tokens.TokenMetrics}, {@code
 * oauth.UpstreamMetrics}, {@code connections.ConnectionEvents}, {@code
 * clients.reload.ClientsMetrics}, {@code redis.UnsealFailures}, {@code server.Ports} and {@code
 * jobs.BackgroundWork}. {@link tokenbroker.clients.ClientLabels} sets the label {@code client}.
 */
@NullMarked
package tokenbroker.observability;

import org.jspecify.annotations.NullMarked;
