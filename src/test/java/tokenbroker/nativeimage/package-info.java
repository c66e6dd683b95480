/** What a native executable needs, as far as a JVM can tell. */
@NullMarked
package tokenbroker.nativeimage;

import org.jspecify.annotations.NullMarked;
