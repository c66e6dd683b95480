/** What all pages for browsers share: HTML that escapes text, one style, and times for people. */
@NullMarked
package tokenbroker.pages;

import org.jspecify.annotations.NullMarked;
