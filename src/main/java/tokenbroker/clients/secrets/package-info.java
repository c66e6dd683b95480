/** Reads the secrets directory, and holds new credentials until they are proven. */
@NullMarked
package tokenbroker.clients.secrets;

import org.jspecify.annotations.NullMarked;
