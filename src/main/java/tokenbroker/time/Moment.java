package tokenbroker.time;

import java.time.Duration;

/**
 * A point on this process's monotonic timeline. It does not move if the wall clock is set. Moments
 * of different processes cannot be compared.
 *
 * @param nanos nanoseconds from an arbitrary origin, as {@link System#nanoTime} counts them
 */
public record Moment(long nanos) implements Comparable<Moment> {

  public Moment plus(Duration duration) {
    return new Moment(nanos + duration.toNanos());
  }

  public Moment minus(Duration duration) {
    return new Moment(nanos - duration.toNanos());
  }

  /** Returns the duration from this moment to the other; negative if the other is earlier. */
  public Duration until(Moment other) {
    return Duration.ofNanos(other.nanos - nanos);
  }

  public boolean isBefore(Moment other) {
    return compareTo(other) < 0;
  }

  /**
   * Compares the difference as {@link System#nanoTime} requires, so that an overflow does no harm.
   */
  @Override
  public int compareTo(Moment other) {
    return Long.signum(nanos - other.nanos);
  }
}
