package tokenbroker.trackmage;

import java.net.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The {@code Retry-After} header (RFC 9110 §10.2.3): seconds, or an HTTP date. */
final class RetryAfter {

  /** No upstream talks the broker into a longer silence. */
  static final Duration LONGEST = Duration.ofMinutes(5);

  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,9}");

  private RetryAfter() {}

  /** Null where the header is missing, in the past or neither of the two. */
  static @Nullable Duration in(HttpHeaders headers, Instant now) {
    var pause = headers.firstValue("Retry-After").map(text -> parse(text, now)).orElse(null);
    if (pause == null || !pause.isPositive()) {
      return null;
    }
    return pause.compareTo(LONGEST) < 0 ? pause : LONGEST;
  }

  private static @Nullable Duration parse(String text, Instant now) {
    if (SECONDS.matcher(text).matches()) {
      return Duration.ofSeconds(Long.parseLong(text));
    }
    try {
      var date = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME);
      return Duration.between(now, date.toInstant());
    } catch (DateTimeException | ArithmeticException e) {
      return null;
    }
  }
}
