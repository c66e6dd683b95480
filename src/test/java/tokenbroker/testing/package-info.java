/** Servers, processes and clocks that the tests of several packages share. */
@NullMarked
package tokenbroker.testing;

import org.jspecify.annotations.NullMarked;
