/** The start page of the sandbox, with links to all other pages and with commands to copy. */
@NullMarked
package tokenbroker.sandbox.home;

import org.jspecify.annotations.NullMarked;
