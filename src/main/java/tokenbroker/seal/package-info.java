/**
 * The broker's own keys: what it keeps elsewhere is sealed with them, and what it must name is
 * hashed with them.
 */
@NullMarked
package tokenbroker.seal;

import org.jspecify.annotations.NullMarked;
