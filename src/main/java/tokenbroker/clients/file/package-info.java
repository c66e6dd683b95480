/** Reads {@code clients.yaml}: its format, its faults with their line numbers, and its changes. */
@NullMarked
package tokenbroker.clients.file;

import org.jspecify.annotations.NullMarked;
