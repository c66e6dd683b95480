package tokenbroker.callers;

import java.io.IOException;

/**
 * A failed read of an issuer's keys, or a failed request for a token review. The message gives the
 * reason in the broker's own words. It appears in logs and health data, so it never quotes a token
 * or the server's answer.
 */
final class KeysUnreadable extends IOException {

  private static final long serialVersionUID = 1L;

  KeysUnreadable(String reason) {
    super(reason);
  }

  KeysUnreadable(String reason, Throwable cause) {
    super(reason, cause);
  }

  String reason() {
    return String.valueOf(getMessage());
  }
}
