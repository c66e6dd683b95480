/** The shared store: sealed values, leases and announcements in Redis. */
@NullMarked
package tokenbroker.redis;

import org.jspecify.annotations.NullMarked;
