/**
 * HTTP/1.1 requests that the broker sends to TrackMage, and to issuers' servers for keys and token
 * reviews: directly, or through an egress proxy. Every answer, however strange, becomes a {@link
 * tokenbroker.outbound.Reply}. This package never logs anything.
 */
@NullMarked
package tokenbroker.outbound;

import org.jspecify.annotations.NullMarked;
