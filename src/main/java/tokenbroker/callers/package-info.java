/** Who may ask: issuers, verified callers, and the rules that admit them. */
@NullMarked
package tokenbroker.callers;

import org.jspecify.annotations.NullMarked;
