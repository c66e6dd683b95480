/**
 * What the sandbox's endpoints share: HTML pages, redirects, and the error for an invalid request.
 */
@NullMarked
package tokenbroker.sandbox.web;

import org.jspecify.annotations.NullMarked;
