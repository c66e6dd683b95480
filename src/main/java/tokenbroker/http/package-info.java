/** The REST surface that callers see. */
@NullMarked
package tokenbroker.http;

import org.jspecify.annotations.NullMarked;
