/** What several rooms' tests share. */
@NullMarked
package tokenbroker.testing;

import org.jspecify.annotations.NullMarked;
