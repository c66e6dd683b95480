package tokenbroker.config;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;

/**
 * How long the broker leaves a failing upstream alone: the first pause and the longest, written
 * {@code 1s…30s} (or {@code 1s..30s}). A single duration means both.
 */
@RegisterForReflection
public record BackoffRange(Duration first, Duration longest) {

  public BackoffRange {
    if (!first.isPositive() || longest.compareTo(first) < 0) {
      throw new IllegalArgumentException(
          "a back-off is written FIRST…LONGEST, both above zero, such as 1s…30s");
    }
  }

  /** Found by name by the configuration library. */
  public static BackoffRange parse(CharSequence text) {
    var ends = text.toString().strip().split("…|\\.\\.\\.?", 2);
    return new BackoffRange(duration(ends[0]), duration(ends[ends.length - 1]));
  }

  private static Duration duration(String text) {
    var value = text.strip().toLowerCase(Locale.ROOT);
    try {
      if (value.endsWith("ms")) {
        return Duration.ofMillis(Long.parseLong(value.substring(0, value.length() - 2)));
      }
      return value.startsWith("p") ? Duration.parse(value) : Duration.parse("pt" + value);
    } catch (DateTimeParseException | NumberFormatException e) {
      throw new IllegalArgumentException("not a duration: " + text, e);
    }
  }
}
