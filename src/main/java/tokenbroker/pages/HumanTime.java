package tokenbroker.pages;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** Points in time as people read them, relative to now: {@code in 58 minutes (16:40 UTC)}. */
public final class HumanTime {

  private static final DateTimeFormatter CLOCK = inUtc("HH:mm 'UTC'");
  private static final DateTimeFormatter DATE = inUtc("d MMMM uuuu, HH:mm 'UTC'");

  private HumanTime() {}

  /** Returns the time as a {@code time} element. The date is given if it is not today's, in UTC. */
  public static Html of(Instant time, Instant now) {
    var isToday = time.truncatedTo(ChronoUnit.DAYS).equals(now.truncatedTo(ChronoUnit.DAYS));
    return Html.of(
        "<time datetime=\"{}\">{} ({})</time>",
        time,
        relative(Duration.between(now, time)),
        (isToday ? CLOCK : DATE).format(time));
  }

  /** Returns the time as a short {@code time} element, such as {@code 18 s ago}, for tables. */
  public static Html brief(Instant time, Instant now) {
    var fromNow = Duration.between(now, time);
    var amount = brief(fromNow.abs());
    return Html.of(
        "<time datetime=\"{}\" title=\"{}\">{}</time>",
        time,
        DATE.format(time),
        fromNow.toSeconds() == 0 ? "now" : fromNow.isNegative() ? amount + " ago" : "in " + amount);
  }

  /** Returns the duration in its largest unit, rounded down: {@code 58 min}. */
  public static String brief(Duration duration) {
    if (duration.toHours() >= 48) {
      return duration.toDays() + " d";
    }
    if (duration.toMinutes() >= 120) {
      return duration.toHours() + " h";
    }
    return duration.toSeconds() >= 120
        ? duration.toMinutes() + " min"
        : duration.toSeconds() + " s";
  }

  /** Returns a duration from now: {@code in 2 hours}, {@code 5 minutes ago} or {@code now}. */
  static String relative(Duration fromNow) {
    var amount = amount(fromNow.abs());
    if (fromNow.abs().toSeconds() == 0) {
      return "now";
    }
    return fromNow.isNegative() ? amount + " ago" : "in " + amount;
  }

  /** Returns the duration in its largest unit, rounded down: {@code 58 minutes}. */
  public static String amount(Duration duration) {
    if (duration.toDays() > 0) {
      return counted(duration.toDays(), "day");
    }
    if (duration.toHours() > 0) {
      return counted(duration.toHours(), "hour");
    }
    return duration.toMinutes() > 0
        ? counted(duration.toMinutes(), "minute")
        : counted(duration.toSeconds(), "second");
  }

  private static DateTimeFormatter inUtc(String pattern) {
    return DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH).withZone(ZoneOffset.UTC);
  }

  private static String counted(long count, String unit) {
    return count + " " + unit + (count == 1 ? "" : "s");
  }
}
