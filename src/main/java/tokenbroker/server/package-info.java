/** The limits on a connection before the REST API sees a request: slots, sizes and deadlines. */
@NullMarked
package tokenbroker.server;

import org.jspecify.annotations.NullMarked;
