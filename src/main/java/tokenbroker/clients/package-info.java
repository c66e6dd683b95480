/**
 * Who we hold credentials for: the clients file, the secrets directory, and the snapshot made of
 * both.
 */
@NullMarked
package tokenbroker.clients;

import org.jspecify.annotations.NullMarked;
