package tokenbroker.output;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FileDescriptor;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import tokenbroker.time.Ticker;

/**
 * The process's standard output and standard error. After {@link #takeOver}, no thread that prints
 * or logs ever waits. Writer threads write the lines, and lines are dropped while the writers lag
 * behind.
 */
public final class Output {

  private static final Duration LOOK_AGAIN = Duration.ofMillis(5);

  /** The only instance, like {@link System#out}; null until the streams are taken over. */
  private static volatile @Nullable Output current;

  private final Ticker ticker;
  private final Descriptor stdout;
  private final LineWriter out;
  private final LineWriter err;
  private volatile Runnable caughtUp = () -> {};

  private Output(Ticker ticker) {
    this.ticker = ticker;
    this.stdout = new Descriptor(FileDescriptor.out, ticker);
    this.out = new LineWriter("stdout", stdout, () -> caughtUp.run()).start();
    this.err =
        new LineWriter("stderr", new Descriptor(FileDescriptor.err, ticker), () -> {}).start();
  }

  /**
   * Replaces {@link System#out} and {@link System#err}. Call it before anything is logged, because
   * the log manager keeps the streams that it finds.
   */
  public static Output takeOver(Ticker ticker) {
    var output = new Output(ticker);
    System.setOut(new PrintStream(new LineStream(output.out::offer), true, UTF_8));
    System.setErr(new PrintStream(new LineStream(output.err::offer), true, UTF_8));
    current = output;
    return output;
  }

  /** Returns the instance. Empty in tests and in dev mode, which keep the original streams. */
  public static Optional<Output> current() {
    return Optional.ofNullable(current);
  }

  /** Returns standard output for lines that have their own writer. */
  public static Descriptor stdout(Ticker ticker) {
    var output = current;
    return output == null ? new Descriptor(System.out, ticker) : output.stdout;
  }

  /** Returns how long a write to standard output has been waiting for a reader. */
  public Duration waiting() {
    return stdout.waiting();
  }

  /** Returns whether the log is far from dropping lines. */
  public boolean isRoomy() {
    return out.isRoomy() && err.isRoomy();
  }

  /** Returns how many log lines were dropped since the start. */
  public long dropped() {
    return out.dropped() + err.dropped();
  }

  /**
   * Sets the listener that is called each time all log lines are written. It runs on a writer's
   * thread.
   */
  public void onCaughtUp(Runnable listener) {
    caughtUp = listener;
  }

  /** Waits until all lines are written, up to the limit. */
  public void drain(Duration limit) {
    var end = ticker.now().plus(limit);
    while (!(out.isEmpty() && err.isEmpty()) && ticker.now().isBefore(end)) {
      LockSupport.parkNanos(LOOK_AGAIN.toNanos());
    }
  }
}
