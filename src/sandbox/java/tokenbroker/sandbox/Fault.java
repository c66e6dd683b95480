package tokenbroker.sandbox;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How the token endpoint misbehaves. */
sealed interface Fault {

  record None() implements Fault {}

  /** Tokens that have no life, or little. */
  record Expired(Duration lifetime) implements Fault {}

  record Slow(Duration delay) implements Fault {}

  /**
   * An error page.
   *
   * @param retryAfter in seconds; null sends no {@code Retry-After}
   */
  record HttpError(int status, @Nullable Integer retryAfter) implements Fault {}

  /** A page of HTML with status 200. */
  record Garbage() implements Fault {}

  /**
   * An OAuth error.
   *
   * @param error as in RFC 6749 §5.2
   */
  record Rejected(String error) implements Fault {}

  /** Half an answer, and then the connection ends. */
  record Truncated() implements Fault {}

  /**
   * The request is carried out, and the connection ends without an answer.
   *
   * @param grace how long the refresh token that was used may be used once more; empty for as long
   *     as usual
   */
  record Lost(Optional<Duration> grace) implements Fault {}
}
