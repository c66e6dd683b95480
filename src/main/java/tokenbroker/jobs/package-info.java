/** The background jobs, and the liveness check that fails if one of them stalls. */
@NullMarked
package tokenbroker.jobs;

import org.jspecify.annotations.NullMarked;
