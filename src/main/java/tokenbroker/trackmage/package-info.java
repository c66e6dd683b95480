/**
 * TrackMage as an upstream: its paths, its fields, and which request style to use. What any OAuth 2
 * server has in common is in {@link tokenbroker.oauth}.
 */
@NullMarked
package tokenbroker.trackmage;

import org.jspecify.annotations.NullMarked;
