/** Pages as people meet them: in a real browser, on a phone, with the keyboard alone. */
@NullMarked
package tokenbroker.browser;

import org.jspecify.annotations.NullMarked;
