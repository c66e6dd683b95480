/**
 * A TrackMage look-alike with faults on demand, and an issuer of caller tokens: what the broker is
 * tried with where there is no TrackMage. Never part of the production build.
 */
@NullMarked
package tokenbroker.sandbox;

import org.jspecify.annotations.NullMarked;
