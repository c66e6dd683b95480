/**
 * A TrackMage look-alike with faults on demand, and an issuer of caller tokens. Use it to try the
 * broker without TrackMage. It is never part of the production build.
 */
@NullMarked
package tokenbroker.sandbox;

import org.jspecify.annotations.NullMarked;
