/**
 * The stores for a single replica that shares nothing, and for development. Their content is lost
 * when the process ends. {@link tokenbroker.redis} has the shared stores.
 */
@NullMarked
package tokenbroker.memory;

import org.jspecify.annotations.NullMarked;
