/**
 * Starts the sandbox: reads its settings, configures the broker for it, writes its files and
 * creates its parts. No part knows this package. The sandbox is for trying the broker without
 * TrackMage and is never part of the production build.
 */
@NullMarked
package tokenbroker.sandbox;

import org.jspecify.annotations.NullMarked;
