/**
 * The broker's own keys. They seal the data that it stores elsewhere, and hash the values for which
 * it needs names.
 */
@NullMarked
package tokenbroker.seal;

import org.jspecify.annotations.NullMarked;
