/** Standard output and standard error, for which only the writer threads ever wait. */
@NullMarked
package tokenbroker.output;

import org.jspecify.annotations.NullMarked;
