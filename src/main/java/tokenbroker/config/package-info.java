/** What an operator can set: one documented mapping for every {@code broker.*} key. */
@NullMarked
package tokenbroker.config;

import org.jspecify.annotations.NullMarked;
