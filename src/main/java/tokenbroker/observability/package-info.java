/** Metrics, audit and health: how the broker is seen from outside. */
@NullMarked
package tokenbroker.observability;

import org.jspecify.annotations.NullMarked;
