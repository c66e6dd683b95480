package tokenbroker.callers;

import java.util.Locale;

/** Why a JWT was refused: the label {@code reason}. */
public enum Refusal {
  NO_TOKEN,
  MALFORMED,
  TOO_LARGE,
  UNKNOWN_ISSUER,
  UNKNOWN_KEY,
  /** A header that a verifier may not ignore, and that the broker does not support. */
  HEADER,
  ALGORITHM,
  SIGNATURE,
  EXPIRED,
  NOT_YET_VALID,
  AUDIENCE,
  CLAIMS,
  /** Bound to a key that the caller would have to prove (RFC 7800), so no plain bearer token. */
  SENDER_CONSTRAINED,
  /** The API server no longer accepts it, such as after its pod was deleted. */
  REVIEW;

  /** The label of metrics, logs and audit lines. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
