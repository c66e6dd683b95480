/**
 * Authentication and authorization of callers: issuers, verified callers, and the rules that admit
 * them. Metrics: {@link tokenbroker.callers.CallerMetrics}.
 */
@NullMarked
package tokenbroker.callers;

import org.jspecify.annotations.NullMarked;
