/** Standard output and standard error, for which no thread but the writers' own ever waits. */
@NullMarked
package tokenbroker.output;

import org.jspecify.annotations.NullMarked;
