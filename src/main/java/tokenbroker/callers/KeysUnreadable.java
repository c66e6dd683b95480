package tokenbroker.callers;

import tokenbroker.files.UnusableText;

/** A failed read of an issuer's keys, or a failed request for a token review. */
final class KeysUnreadable extends UnusableText {

  private static final long serialVersionUID = 1L;

  KeysUnreadable(String reason) {
    super(reason);
  }

  KeysUnreadable(String reason, Throwable cause) {
    super(reason, cause);
  }
}
