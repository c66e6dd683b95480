/**
 * The core: tokens, how fresh they are, who fetches them and when. Knows no framework and no wire.
 */
@NullMarked
package tokenbroker.tokens;

import org.jspecify.annotations.NullMarked;
