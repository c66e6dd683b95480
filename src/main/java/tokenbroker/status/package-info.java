/**
 * The status page for operators, on the management port: what this replica serves, and what fails.
 * It contains no secret and no token.
 */
@NullMarked
package tokenbroker.status;

import org.jspecify.annotations.NullMarked;
