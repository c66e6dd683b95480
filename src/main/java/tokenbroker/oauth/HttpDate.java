package tokenbroker.oauth;

import static java.time.format.DateTimeFormatter.RFC_1123_DATE_TIME;
import static java.time.temporal.ChronoField.YEAR;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Locale;
import java.util.Optional;

/** A parser for the three date formats of HTTP (RFC 9110 §5.6.7). */
final class HttpDate {

  /** The format of {@code Sun Nov 6 08:49:37 1994}. */
  private static final DateTimeFormatter ASCTIME =
      DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss uuuu", Locale.ENGLISH);

  private HttpDate() {}

  /**
   * Returns the parsed date; empty if the text is not a date.
   *
   * @param now decides the century of a two-digit year
   */
  static Optional<Instant> parse(String text, Instant now) {
    try {
      return Optional.of(instant(text.strip(), now));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static Instant instant(String text, Instant now) {
    if (!text.contains(",")) {
      return LocalDateTime.parse(text, ASCTIME).toInstant(ZoneOffset.UTC);
    }
    return text.contains("-") && !text.contains(" -")
        ? LocalDateTime.parse(text, rfc850(now)).toInstant(ZoneOffset.UTC)
        : ZonedDateTime.parse(text, RFC_1123_DATE_TIME).toInstant();
  }

  /**
   * Returns the format of {@code Sunday, 06-Nov-94 08:49:37 GMT}. A year is at most 50 years ahead.
   */
  private static DateTimeFormatter rfc850(Instant now) {
    return new DateTimeFormatterBuilder()
        .appendPattern("EEEE, dd-MMM-")
        .appendValueReduced(YEAR, 2, 2, now.atOffset(ZoneOffset.UTC).getYear() - 49)
        .appendPattern(" HH:mm:ss 'GMT'")
        .toFormatter(Locale.ENGLISH);
  }
}
