/**
 * The stores of one replica that shares nothing, for development and for a single replica. What
 * they hold ends with the process. {@link tokenbroker.redis} has the shared ones.
 */
@NullMarked
package tokenbroker.memory;

import org.jspecify.annotations.NullMarked;
