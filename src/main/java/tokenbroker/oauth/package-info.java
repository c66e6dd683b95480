/**
 * An OAuth 2 client (RFC 6749): token requests, their responses and errors, and the breaker of an
 * upstream. It knows no particular upstream; {@link tokenbroker.trackmage} has TrackMage's paths
 * and peculiarities. Metrics: {@link tokenbroker.oauth.UpstreamMetrics}.
 */
@NullMarked
package tokenbroker.oauth;

import org.jspecify.annotations.NullMarked;
