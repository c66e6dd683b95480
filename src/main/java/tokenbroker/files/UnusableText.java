package tokenbroker.files;

import java.io.IOException;

/**
 * A text from outside that cannot be read or used. The message gives the reason in the broker's own
 * words. It appears in logs and health data, so it never quotes the text.
 */
public class UnusableText extends IOException {

  private static final long serialVersionUID = 1L;

  public UnusableText(String reason) {
    super(reason);
  }

  public UnusableText(String reason, Throwable cause) {
    super(reason, cause);
  }

  public String reason() {
    return String.valueOf(getMessage());
  }
}
