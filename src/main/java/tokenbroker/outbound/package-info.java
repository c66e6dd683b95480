/**
 * HTTP/1.1 requests that the broker sends: to TrackMage, and for the keys of issuers. Every answer,
 * however odd, is a {@link tokenbroker.outbound.Reply}. Nothing here is ever logged.
 */
@NullMarked
package tokenbroker.outbound;

import org.jspecify.annotations.NullMarked;
