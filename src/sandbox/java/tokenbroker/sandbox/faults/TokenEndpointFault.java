package tokenbroker.sandbox.faults;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the token endpoint does wrong with a request. */
sealed interface TokenEndpointFault {

  /** Nothing: the endpoint works normally. */
  record None() implements TokenEndpointFault {}

  /** Issues access tokens with a short lifetime, or with none. */
  record Expired(Duration lifetime) implements TokenEndpointFault {}

  /** Responds after a delay. */
  record Slow(Duration delay) implements TokenEndpointFault {}

  /**
   * Responds with an error page.
   *
   * @param retryAfter in seconds; null to send no {@code Retry-After}
   */
  record HttpError(int status, @Nullable Integer retryAfter) implements TokenEndpointFault {}

  /** Responds with an HTML page and status 200. */
  record Garbage() implements TokenEndpointFault {}

  /**
   * Responds with an OAuth error.
   *
   * @param error an error code (RFC 6749 §5.2)
   */
  record Rejected(String error) implements TokenEndpointFault {}

  /** Carries out the request, sends half of the response and closes the connection. */
  record Truncated() implements TokenEndpointFault {}

  /**
   * Carries out the request and closes the connection without a response.
   *
   * @param grace how long the used refresh token may be used once more; empty for the configured
   *     time
   */
  record Lost(Optional<Duration> grace) implements TokenEndpointFault {}
}
