/**
 * The TrackMage accounts that users connected: the authorization-code flow and the rotation of
 * refresh tokens. This is data that exists nowhere else, not a cache. Metrics and audit: {@link
 * tokenbroker.connections.ConnectionEvents}.
 */
@NullMarked
package tokenbroker.connections;

import org.jspecify.annotations.NullMarked;
