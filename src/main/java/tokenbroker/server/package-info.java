/** What bounds a connection before the REST surface sees a request: places, sizes and deadlines. */
@NullMarked
package tokenbroker.server;

import org.jspecify.annotations.NullMarked;
