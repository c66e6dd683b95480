/**
 * Applies changes of the clients file and of the secrets directory, while the broker serves
 * callers. Metrics: {@link tokenbroker.clients.reload.ClientsMetrics}.
 */
@NullMarked
package tokenbroker.clients.reload;

import org.jspecify.annotations.NullMarked;
