/**
 * Authentication and authorization of callers: issuers, verified callers, and the rules that admit
 * them.
 */
@NullMarked
package tokenbroker.callers;

import org.jspecify.annotations.NullMarked;
