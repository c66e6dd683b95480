/** Tests of the pages in a real browser: on a phone, and with the keyboard only. */
@NullMarked
package tokenbroker.browser;

import org.jspecify.annotations.NullMarked;
