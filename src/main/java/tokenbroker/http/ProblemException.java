package tokenbroker.http;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Ends a request with a problem. It has no stack trace, because it is an expected answer and not a
 * bug.
 */
final class ProblemException extends RuntimeException {

  private static final long serialVersionUID = 1;

  final ProblemCode code;
  final String detail;
  final transient @Nullable Duration retryAfter;

  /**
   * Returns the problem of a request that the broker must not serve, because it could not audit it.
   */
  static ProblemException unaudited() {
    return new ProblemException(
        ProblemCode.AUDIT_UNAVAILABLE,
        ProblemCode.AUDIT_UNAVAILABLE.detail,
        ProblemResponses.AUDIT_AGAIN_AFTER);
  }

  ProblemException(ProblemCode code, String detail) {
    this(code, detail, null);
  }

  ProblemException(ProblemCode code, String detail, @Nullable Duration retryAfter) {
    super(detail, null, false, false);
    this.code = code;
    this.detail = detail;
    this.retryAfter = retryAfter;
  }
}
