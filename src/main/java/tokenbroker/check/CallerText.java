package tokenbroker.check;

import java.util.HashSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tokenbroker.callers.Caller;

/** Reads callers that are written as {@code issuer=NAME,subject=SUBJECT,group=GROUP}. */
final class CallerText {

  static final String FORM = "issuer=NAME,subject=SUBJECT, then any number of ,group=GROUP";

  /** Matches the commas between fields. A subject may contain others, as in CN=orders,OU=shop. */
  private static final Pattern BETWEEN = Pattern.compile(",(?=(?:issuer|subject|group)=)");

  private CallerText() {}

  /**
   * Parses the description of a caller.
   *
   * @throws UsageFault if the text has another form
   */
  static Caller parse(String text) throws UsageFault {
    @Nullable String issuer = null;
    @Nullable String subject = null;
    var groups = new HashSet<String>();
    for (var field : BETWEEN.split(text, -1)) {
      var value = field.substring(field.indexOf('=') + 1);
      if (field.startsWith("issuer=") && issuer == null && !value.isBlank()) {
        issuer = value;
      } else if (field.startsWith("subject=") && subject == null && !value.isBlank()) {
        subject = value;
      } else if (field.startsWith("group=") && !value.isBlank()) {
        groups.add(value);
      } else {
        throw new UsageFault("--as contains %s: write %s".formatted(Shown.text(field), FORM));
      }
    }
    if (issuer == null || subject == null) {
      throw new UsageFault(
          "--as has no %s: write %s".formatted(issuer == null ? "issuer" : "subject", FORM));
    }
    return new Caller(issuer, subject, groups);
  }
}
