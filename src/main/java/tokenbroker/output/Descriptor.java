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
 * An output stream of the process. A write waits until somebody reads, so only writers' threads
 * come here. Each write is whole lines, and one write ends before the next begins.
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
   * Writes whole lines. Blocks until they are read, or held by the operating system.
   *
   * @throws IOException if there is no reader any more, or no room on a disk
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

  /** Returns for how long the current write has been waiting; zero if there is none. */
  public Duration waiting() {
    var since = began;
    return since == null ? Duration.ZERO : since.until(ticker.now());
  }
}
