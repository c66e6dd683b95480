/** The REST API that callers use. */
@NullMarked
package tokenbroker.http;

import org.jspecify.annotations.NullMarked;
