/**
 * TrackMage as an upstream: its paths, its request styles and its fields. What any OAuth 2 server
 * has in common is in {@link tokenbroker.oauth}.
 */
@NullMarked
package tokenbroker.trackmage;

import org.jspecify.annotations.NullMarked;
