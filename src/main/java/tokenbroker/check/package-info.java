/**
 * The command {@code check}: it finds the faults of settings and files without starting the broker,
 * explains who may use which client, and compares two clients files.
 */
@NullMarked
package tokenbroker.check;

import org.jspecify.annotations.NullMarked;
