/** The REST API that callers use. Metrics: {@link tokenbroker.http.RequestMetrics}. */
@NullMarked
package tokenbroker.http;

import org.jspecify.annotations.NullMarked;
