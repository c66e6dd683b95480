/**
 * Who we hold credentials for: the immutable snapshot of all clients. Look into {@code file} for
 * how it is read, {@code secrets} for credentials, and {@code reload} for how changes are taken
 * over.
 */
@NullMarked
package tokenbroker.clients;

import org.jspecify.annotations.NullMarked;
