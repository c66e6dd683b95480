/** The upstream over HTTP. */
@NullMarked
package tokenbroker.trackmage;

import org.jspecify.annotations.NullMarked;
