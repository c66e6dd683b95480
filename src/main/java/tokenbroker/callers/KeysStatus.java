package tokenbroker.callers;

import java.time.Duration;
import java.util.Optional;

/**
 * The state of one issuer's keys.
 *
 * @param issuer its configured name
 * @param keys how many are in force; 0 if no read has succeeded yet
 * @param source the URL or the file of the keys
 * @param age the time since the last successful read; empty if there was none
 * @param failure why the last read failed; empty if it succeeded or has not ended yet
 * @param reviewFailure why the API server does not review the issuer's JWTs; empty if it does, or
 *     if reviews are off
 */
public record KeysStatus(
    String issuer,
    int keys,
    String source,
    Optional<Duration> age,
    Optional<String> failure,
    Optional<String> reviewFailure) {

  public boolean isUsable() {
    return keys > 0;
  }
}
