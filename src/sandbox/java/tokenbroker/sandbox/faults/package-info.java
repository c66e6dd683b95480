/**
 * Faults on demand. {@link tokenbroker.sandbox.faults.FaultsResource} sets them, and {@link
 * tokenbroker.sandbox.faults.FaultyTokenResponder} applies them to the responses of the TrackMage
 * look-alike.
 */
@NullMarked
package tokenbroker.sandbox.faults;

import org.jspecify.annotations.NullMarked;
