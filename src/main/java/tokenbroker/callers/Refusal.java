package tokenbroker.callers;

import java.util.Locale;

/** Why a JWT was refused: the label {@code reason}. */
public enum Refusal {
  NO_TOKEN,
  MALFORMED,
  TOO_LARGE,
  UNKNOWN_ISSUER,
  UNKNOWN_KEY,
  ALGORITHM,
  SIGNATURE,
  EXPIRED,
  NOT_YET_VALID,
  AUDIENCE,
  CLAIMS;

  /** The label of metrics, logs and audit lines. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
