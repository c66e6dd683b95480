/**
 * Takes over changes of the clients file and of the secrets directory, while callers are served.
 */
@NullMarked
package tokenbroker.clients.reload;

import org.jspecify.annotations.NullMarked;
