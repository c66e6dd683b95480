package tokenbroker.trackmage;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/** {@code Retry-After} (RFC 9110 §10.2.3): seconds, or a date. */
final class RetryAfter {

  /** However long an upstream asks for, it is asked again after this. */
  private static final Duration LONGEST = Duration.ofMinutes(5);

  private RetryAfter() {}

  /**
   * Null where there is none that means anything. A date counts from the answer's own {@code Date},
   * where it has one.
   */
  static @Nullable Duration of(Reply.Answer answer) {
    var text = answer.headers().firstValue("Retry-After").map(String::strip).orElse("");
    if (text.matches("[0-9]{1,9}")) {
      return bounded(Duration.ofSeconds(Long.parseLong(text)));
    }
    try {
      var now = HttpDate.of(answer).orElse(answer.sentAt().plus(answer.took()));
      var until = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      return bounded(Duration.between(now, until));
    } catch (DateTimeException e) {
      return null;
    }
  }

  private static @Nullable Duration bounded(Duration asked) {
    if (!asked.isPositive()) {
      return null;
    }
    return asked.compareTo(LONGEST) > 0 ? LONGEST : asked;
  }
}
