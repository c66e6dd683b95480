/**
 * Monotonic time for durations. {@link java.time.Clock} is for instants that people or other
 * processes see.
 */
@NullMarked
package tokenbroker.time;

import org.jspecify.annotations.NullMarked;
