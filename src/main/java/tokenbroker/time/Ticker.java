package tokenbroker.time;

/**
 * A source of {@link Moment}s. The broker measures all durations with it, never with the wall
 * clock.
 */
@FunctionalInterface
public interface Ticker {

  Moment now();

  /** Returns the ticker of this process. */
  static Ticker system() {
    return () -> new Moment(System.nanoTime());
  }
}
