package tokenbroker.callers;

import java.io.IOException;

/**
 * A read of an issuer's keys that brought no keys. The message is the reason in the broker's own
 * words. It goes to logs and health data, so it never quotes a token or what the issuer answered.
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
