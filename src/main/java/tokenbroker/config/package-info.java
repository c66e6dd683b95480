/**
 * The settings of the broker: one documented mapping for all {@code broker.*} keys, and its checks.
 */
@NullMarked
package tokenbroker.config;

import org.jspecify.annotations.NullMarked;
