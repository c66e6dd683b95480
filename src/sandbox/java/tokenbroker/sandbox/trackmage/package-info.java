/**
 * The TrackMage look-alike: token endpoint, authorization endpoint, consent page, users and
 * workspaces. It knows nothing of the faults that {@code tokenbroker.sandbox.faults} adds.
 */
@NullMarked
package tokenbroker.sandbox.trackmage;

import org.jspecify.annotations.NullMarked;
