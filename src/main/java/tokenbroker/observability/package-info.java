/** Metrics, audit, traces and health checks. */
@NullMarked
package tokenbroker.observability;

import org.jspecify.annotations.NullMarked;
