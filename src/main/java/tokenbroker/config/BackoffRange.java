package tokenbroker.config;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Duration;

/**
 * How long the broker leaves a failing upstream alone: the first pause and the longest, written
 * {@code 1s…30s} (or {@code 1s..30s}). A single duration means both: the pause never grows.
 */
@RegisterForReflection
public record BackoffRange(Duration first, Duration longest) {

  public BackoffRange {
    if (!first.isPositive() || longest.compareTo(first) < 0) {
      throw new IllegalArgumentException(
          "a back-off is written FIRST…LONGEST, both above zero, such as 1s…30s");
    }
  }

  /** The configuration library finds this method by its name. */
  public static BackoffRange parse(CharSequence text) {
    var ends = text.toString().strip().split("…|\\.\\.\\.?", 2);
    return new BackoffRange(ValueType.duration(ends[0]), ValueType.duration(ends[ends.length - 1]));
  }
}
