/**
 * Composition, background jobs, and the checks that refuse to start with a faulty configuration.
 */
@NullMarked
package tokenbroker.startup;

import org.jspecify.annotations.NullMarked;
