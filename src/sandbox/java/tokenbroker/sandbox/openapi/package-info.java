/** What Swagger UI shows in the sandbox: the broker's API with examples that work here. */
@NullMarked
package tokenbroker.sandbox.openapi;

import org.jspecify.annotations.NullMarked;
