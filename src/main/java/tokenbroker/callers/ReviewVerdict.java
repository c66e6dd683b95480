package tokenbroker.callers;

/** What came of a review of a JWT. */
sealed interface ReviewVerdict {

  /** The API server says that the JWT is good for the issuer's audience. */
  record Authenticated() implements ReviewVerdict {}

  /** The API server says that it is not, such as after its pod was deleted. */
  record Denied() implements ReviewVerdict {}

  /**
   * The API server gave no verdict.
   *
   * @param reason in the broker's own words, fit for a log
   */
  record Failed(String reason) implements ReviewVerdict {}

  /** No review was made, since too many callers wait for one. */
  record Busy() implements ReviewVerdict {}
}
