package tokenbroker.callers;

import java.time.Duration;

/** What became of a caller's JWT. */
public sealed interface Verification {

  record Verified(Caller caller) implements Verification {}

  /**
   * There is no JWT, or it is no JWT of a known issuer for this broker, or no longer. All of this
   * is for logs and metrics, never for the caller.
   *
   * @param issuer the configured name of the issuer; {@code unknown} if it is none of them
   * @param difference what the JWT has and what the broker wants, fit for a log; never the JWT
   */
  record Refused(Refusal reason, String issuer, String difference) implements Verification {}

  /**
   * The keys of the issuer have never been read.
   *
   * @param retryAfter until the broker tries to read them again
   */
  record Unavailable(Duration retryAfter) implements Verification {}

  /**
   * The API server that reviews the issuer's JWTs gives no verdict, and the issuer's settings
   * demand one.
   *
   * @param retryAfter until the broker asks it again
   */
  record Unreviewed(Duration retryAfter) implements Verification {}

  /** More JWTs wait to be verified than can be in good time. */
  record Overloaded() implements Verification {}
}
