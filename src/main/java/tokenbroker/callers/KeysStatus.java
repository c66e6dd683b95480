package tokenbroker.callers;

import java.util.Optional;

/**
 * How the keys of one issuer are.
 *
 * @param issuer its configured name
 * @param keys how many are in force; none if no read has succeeded yet
 * @param failure why the last read failed; empty if it succeeded or has not ended yet
 * @param reviewFailure why the API server reviews no JWT of the issuer; empty if it does or is not
 *     asked
 */
public record KeysStatus(
    String issuer, int keys, Optional<String> failure, Optional<String> reviewFailure) {

  public boolean isUsable() {
    return keys > 0;
  }
}
