package tokenbroker.sandbox.web;

import io.quarkus.runtime.configuration.DurationConverter;
import java.time.Duration;

/**
 * Parses durations in requests: {@code 3s}, {@code 500ms}, {@code 10m}. A number without a unit is
 * in seconds.
 */
public final class DurationParameter {

  private DurationParameter() {}

  /**
   * Parses a duration.
   *
   * @param name the name of the parameter, for messages
   * @param least the smallest allowed duration; may be negative
   * @param most the largest allowed duration
   * @throws InvalidRequestException if the text is not a duration, or is outside the bounds
   */
  public static Duration parse(String name, String text, Duration least, Duration most) {
    var duration = parse(name, text);
    if (duration.compareTo(least) < 0 || duration.compareTo(most) > 0) {
      throw new InvalidRequestException(
          "%s is %s; it must be between %s and %s".formatted(name, text, least, most));
    }
    return duration;
  }

  private static Duration parse(String name, String text) {
    try {
      if (text.startsWith("-")) {
        return parse(name, text.substring(1)).negated();
      }
      if (!text.isBlank()) {
        return DurationConverter.parseDuration(text);
      }
    } catch (IllegalArgumentException e) {
      // Handled like a blank text.
    }
    throw new InvalidRequestException(
        "%s is \"%s\"; it must be a duration such as 3s, 500ms or 10m".formatted(name, text));
  }
}
