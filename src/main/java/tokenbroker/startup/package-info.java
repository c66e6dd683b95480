/** Composition, background work, and the checks that refuse a wrong start. */
@NullMarked
package tokenbroker.startup;

import org.jspecify.annotations.NullMarked;
