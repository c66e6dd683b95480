package tokenbroker.time;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.time.Instant;
import java.time.LocalDate;

/**
 * Timestamps of RFC 3339 in UTC, such as {@code 2026-01-31T08:15:30Z}. The JDK's formatter takes
 * ten times as long, and each request needs several timestamps of the same day. So this class
 * remembers the text of the day.
 */
public final class Rfc3339 {

  private static final int SECONDS_PER_DAY = 86_400;

  private static volatile Day lastDay = new Day(0, "1970-01-01T");

  private Rfc3339() {}

  /** Returns a timestamp in whole seconds, rounded down. */
  public static String seconds(Instant instant) {
    return seconds(instant.getEpochSecond());
  }

  /**
   * Returns a timestamp.
   *
   * @param epochSecond seconds since 1970
   */
  public static String seconds(long epochSecond) {
    return text(epochSecond, 0, 0);
  }

  /** Returns a timestamp with six decimals of a second, rounded down. */
  public static String micros(Instant instant) {
    return text(instant.getEpochSecond(), instant.getNano() / 1_000, 6);
  }

  @SuppressWarnings("deprecation") // It copies Latin-1 bytes, which is what is wanted.
  private static String text(long epochSecond, int fraction, int decimals) {
    var day = day(Math.floorDiv(epochSecond, SECONDS_PER_DAY)).text;
    var second = Math.floorMod(epochSecond, SECONDS_PER_DAY);
    var text = new byte[day.length() + (decimals == 0 ? 9 : 10 + decimals)];
    day.getBytes(0, day.length(), text, 0);
    var at = day.length();
    digits(second / 3_600, 2, text, at);
    text[at + 2] = ':';
    digits(second / 60 % 60, 2, text, at + 3);
    text[at + 5] = ':';
    digits(second % 60, 2, text, at + 6);
    if (decimals > 0) {
      text[at + 8] = '.';
      digits(fraction, decimals, text, at + 9);
    }
    text[text.length - 1] = 'Z';
    return new String(text, ISO_8859_1);
  }

  private static void digits(int number, int digits, byte[] text, int at) {
    var rest = number;
    for (var i = at + digits - 1; i >= at; i--) {
      text[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
  }

  private static Day day(long epochDay) {
    var last = lastDay;
    if (last.number != epochDay) {
      last = new Day(epochDay, LocalDate.ofEpochDay(epochDay) + "T");
      lastDay = last;
    }
    return last;
  }

  private record Day(long number, String text) {}
}
