package tokenbroker.sandbox;

import io.quarkus.runtime.configuration.DurationConverter;
import java.time.Duration;

/**
 * Parses durations as people type them: {@code 3s}, {@code 500ms}, {@code 10m}. Bare numbers are
 * seconds.
 */
final class Durations {

  private Durations() {}

  /**
   * Parses a duration.
   *
   * @param name the name of the parameter, for messages
   * @throws InvalidOrder if the text is no duration, or the duration is outside the bounds
   */
  static Duration parse(String name, String text, Duration least, Duration most) {
    var duration = parse(name, text);
    if (duration.compareTo(least) < 0 || duration.compareTo(most) > 0) {
      throw new InvalidOrder(name + " is not between " + least + " and " + most);
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
      // Treated like a blank text.
    }
    throw new InvalidOrder(name + " is no duration such as 3s, 500ms or 10m");
  }
}
