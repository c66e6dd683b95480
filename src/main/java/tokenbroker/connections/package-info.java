/**
 * TrackMage accounts that users connected: the authorization-code flow, and the rotation of refresh
 * tokens. What is here is data, not cache.
 */
@NullMarked
package tokenbroker.connections;

import org.jspecify.annotations.NullMarked;
