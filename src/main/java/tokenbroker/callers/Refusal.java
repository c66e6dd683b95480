package tokenbroker.callers;

import java.util.Locale;

/** The reasons to refuse a JWT, as in the metric label {@code reason}. */
public enum Refusal {
  NO_TOKEN,
  MALFORMED,
  TOO_LARGE,
  UNKNOWN_ISSUER,
  UNKNOWN_KEY,
  /** The JWT has a header that a verifier must not ignore, but that the broker does not support. */
  HEADER,
  ALGORITHM,
  SIGNATURE,
  EXPIRED,
  NOT_YET_VALID,
  AUDIENCE,
  CLAIMS,
  /**
   * The JWT is no plain bearer token: it is bound to a key that the caller would have to prove (RFC
   * 7800).
   */
  SENDER_CONSTRAINED,
  /** The API server no longer accepts the JWT, for example because its pod was deleted. */
  REVIEW;

  /** Returns the label for metrics, logs and audit lines. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
