package tokenbroker.sandbox;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A misbehaviour of the token endpoint. */
sealed interface Fault {

  record None() implements Fault {}

  /** Tokens with little or no lifetime. */
  record Expired(Duration lifetime) implements Fault {}

  record Slow(Duration delay) implements Fault {}

  /**
   * An error page.
   *
   * @param retryAfter in seconds; null to send no {@code Retry-After}
   */
  record HttpError(int status, @Nullable Integer retryAfter) implements Fault {}

  /** An HTML page with status 200. */
  record Garbage() implements Fault {}

  /**
   * An OAuth error.
   *
   * @param error as in RFC 6749 §5.2
   */
  record Rejected(String error) implements Fault {}

  /** Half an answer, after which the connection closes. */
  record Truncated() implements Fault {}

  /**
   * The request is carried out, but the connection closes without an answer.
   *
   * @param grace how long the used refresh token may be used once more; empty for the usual time
   */
  record Lost(Optional<Duration> grace) implements Fault {}
}
