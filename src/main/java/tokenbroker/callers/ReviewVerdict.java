package tokenbroker.callers;

/** The result of a review of a JWT. */
sealed interface ReviewVerdict {

  /** The API server accepts the JWT for the issuer's audience. */
  record Authenticated() implements ReviewVerdict {}

  /** The API server does not accept the JWT, for example because its pod was deleted. */
  record Denied() implements ReviewVerdict {}

  /**
   * The API server gave no verdict.
   *
   * @param reason in the broker's own words, safe for a log
   */
  record Failed(String reason) implements ReviewVerdict {}

  /** The broker made no review, because too many callers wait for one. */
  record Busy() implements ReviewVerdict {}
}
