/**
 * The clients whose credentials the broker holds, as an immutable snapshot. Package {@code file}
 * reads the clients file, {@code secrets} reads the credentials, and {@code reload} applies
 * changes.
 */
@NullMarked
package tokenbroker.clients;

import org.jspecify.annotations.NullMarked;
