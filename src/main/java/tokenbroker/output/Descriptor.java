package tokenbroker.output;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import tokenbroker.time.Moment;
import tokenbroker.time.Ticker;

/**
 * An output stream of the process. A write blocks until something reads it, so only writer threads
 * use this class. Each write consists of whole lines, and writes do not overlap.
 */
public final class Descriptor {

  private final OutputStream out;
  private final Ticker ticker;
  private final ReentrantLock turn = new ReentrantLock();
  private volatile @Nullable Moment began;

  Descriptor(FileDescriptor file, Ticker ticker) {
    this(new FileOutputStream(file), ticker);
  }

  Descriptor(OutputStream out, Ticker ticker) {
    this.out = out;
    this.ticker = ticker;
  }

  /**
   * Writes whole lines. Blocks until the reader or the operating system has taken them.
   *
   * @throws IOException if there is no reader any more, or no space on a disk
   */
  public void write(byte[] lines, int length) throws IOException {
    turn.lock();
    try {
      began = ticker.now();
      out.write(lines, 0, length);
      out.flush();
    } finally {
      began = null;
      turn.unlock();
    }
  }

  /** Returns how long the current write has been waiting, or zero if there is none. */
  public Duration waiting() {
    var since = began;
    return since == null ? Duration.ZERO : since.until(ticker.now());
  }
}
