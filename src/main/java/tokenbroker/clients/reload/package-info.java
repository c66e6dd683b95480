/**
 * Applies changes of the clients file and of the secrets directory, while the broker serves
 * callers.
 */
@NullMarked
package tokenbroker.clients.reload;

import org.jspecify.annotations.NullMarked;
