/**
 * What callers did in the last hour on this replica: which clients they used, who was refused, and
 * who wastes tokens. Nothing here decides about a request.
 */
@NullMarked
package tokenbroker.usage;

import org.jspecify.annotations.NullMarked;
