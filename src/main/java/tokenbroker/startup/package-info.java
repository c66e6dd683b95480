/**
 * Composition, the start of the background jobs, the checks that refuse to start with a faulty
 * configuration, and the shutdown.
 */
@NullMarked
package tokenbroker.startup;

import org.jspecify.annotations.NullMarked;
