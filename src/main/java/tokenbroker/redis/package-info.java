/**
 * The shared store: sealed values, leases and announcements in Redis. All keys are in {@link
 * tokenbroker.redis.RedisKeys}, and the scripts in {@link tokenbroker.redis.Scripts} and {@link
 * tokenbroker.redis.ConnectionScripts}. Metrics: {@link tokenbroker.redis.UnsealFailures}.
 */
@NullMarked
package tokenbroker.redis;

import org.jspecify.annotations.NullMarked;
