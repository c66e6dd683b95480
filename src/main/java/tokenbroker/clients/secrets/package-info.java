/** Reads the secrets directory, and keeps new credentials until they are proven. */
@NullMarked
package tokenbroker.clients.secrets;

import org.jspecify.annotations.NullMarked;
