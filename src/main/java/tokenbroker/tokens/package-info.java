/**
 * The core: tokens, their freshness, who fetches them and when. It depends on no framework and no
 * wire format. Metrics: {@link tokenbroker.tokens.TokenMetrics}.
 */
@NullMarked
package tokenbroker.tokens;

import org.jspecify.annotations.NullMarked;
