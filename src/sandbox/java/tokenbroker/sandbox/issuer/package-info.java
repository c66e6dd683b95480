/**
 * The issuer of caller tokens. It signs a token for any subject that a request names, and publishes
 * the key with which the broker verifies it.
 */
@NullMarked
package tokenbroker.sandbox.issuer;

import org.jspecify.annotations.NullMarked;
