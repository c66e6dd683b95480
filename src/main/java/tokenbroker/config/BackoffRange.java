package tokenbroker.config;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Duration;

/**
 * The shortest and the longest pause after a failed fetch, written {@code 1s…30s} or {@code
 * 1s..30s}. A single duration means a constant pause.
 */
@RegisterForReflection
public record BackoffRange(Duration first, Duration longest) {

  public BackoffRange {
    if (!first.isPositive() || longest.compareTo(first) < 0) {
      throw new IllegalArgumentException(
          "the back-off must have the form FIRST…LONGEST with 0 < FIRST ≤ LONGEST, such as 1s…30s");
    }
  }

  /**
   * Parses the text of a setting. The configuration library finds this method by its name.
   *
   * @throws IllegalArgumentException if the text is malformed
   */
  public static BackoffRange parse(CharSequence text) {
    var ends = text.toString().strip().split("…|\\.\\.\\.?", 2);
    return new BackoffRange(ValueType.duration(ends[0]), ValueType.duration(ends[ends.length - 1]));
  }
}
