/** Tests of the requirements of a native executable, as far as a JVM can check them. */
@NullMarked
package tokenbroker.nativeimage;

import org.jspecify.annotations.NullMarked;
