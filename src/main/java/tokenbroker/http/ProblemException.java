package tokenbroker.http;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Ends a request with a problem. Costs no stack trace: it is an answer, not a bug. */
final class ProblemException extends RuntimeException {

  private static final long serialVersionUID = 1;

  final ProblemCode code;
  final String detail;
  final transient @Nullable Duration retryAfter;

  /** The request must not be served, because it could not be audited. */
  static ProblemException unaudited() {
    return new ProblemException(
        ProblemCode.AUDIT_UNAVAILABLE,
        ProblemCode.AUDIT_UNAVAILABLE.detail,
        Problems.AUDIT_AGAIN_AFTER);
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
