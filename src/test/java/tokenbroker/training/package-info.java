/** The training run, in which the JVM learns what the broker does at start and under load. */
@NullMarked
package tokenbroker.training;

import org.jspecify.annotations.NullMarked;
