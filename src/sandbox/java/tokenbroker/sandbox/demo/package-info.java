/**
 * The demo site: an internal service whose users connect their TrackMage accounts. It calls the
 * broker over HTTP, as any other service does.
 */
@NullMarked
package tokenbroker.sandbox.demo;

import org.jspecify.annotations.NullMarked;
