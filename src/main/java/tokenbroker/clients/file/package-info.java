/** Reads {@code clients.yaml}: its form, its faults with their lines, and when it has changed. */
@NullMarked
package tokenbroker.clients.file;

import org.jspecify.annotations.NullMarked;
