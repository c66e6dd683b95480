package tokenbroker.callers;

/** What became of a caller's JWT. */
public sealed interface Verification {

  record Verified(Caller caller) implements Verification {}

  /**
   * It is no JWT of a known issuer for this broker, or no longer. The reason is for metrics, never
   * for the caller.
   */
  record Refused(Refusal reason) implements Verification {}

  /** The issuer's keys were never at hand. */
  record Unavailable() implements Verification {}

  /** More JWTs wait to be verified than can be in good time. */
  record Overloaded() implements Verification {}
}
