/** The signing keys of the sandbox, and random strings that nobody can guess. */
@NullMarked
package tokenbroker.sandbox.crypto;

import org.jspecify.annotations.NullMarked;
