package tokenbroker.callers;

import java.time.Duration;

/** The result of verifying a caller's JWT. */
public sealed interface Verification {

  record Verified(Caller caller) implements Verification {}

  /**
   * There is no JWT, or the broker does not accept it (any more). The reason may be a malformed
   * JWT, an unknown issuer or another audience. The details are for logs and metrics, never for the
   * caller.
   *
   * @param issuer the configured name of the issuer; {@code unknown} if no configured issuer
   *     matches
   * @param difference what the JWT has and what the broker requires, safe for a log; never the JWT
   */
  record Refused(Refusal reason, String issuer, String difference) implements Verification {}

  /**
   * The broker has never read the issuer's keys.
   *
   * @param retryAfter the time until the broker tries to read them again
   */
  record Unavailable(Duration retryAfter) implements Verification {}

  /**
   * The API server gives no verdict on the issuer's JWTs, but the issuer's settings require one.
   *
   * @param retryAfter the time until the broker asks it again
   */
  record Unreviewed(Duration retryAfter) implements Verification {}

  /** More JWTs wait for verification than the broker can verify in reasonable time. */
  record Overloaded() implements Verification {}
}
