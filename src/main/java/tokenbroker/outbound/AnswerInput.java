package tokenbroker.outbound;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.hc.core5.http.MessageConstraintException;

/**
 * A server's bytes in one exchange, limited so that concurrent answers cannot fill the memory.
 * Answers up to {@value #SMALL} bytes are always read. Larger answers need one of a limited number
 * of slots, and wait for it. Closing this stream leaves the connection open.
 */
final class AnswerInput extends FilterInputStream {

  static final int SMALL = 4 * 1024;

  /** The maximum size of an answer: the largest body, its chunk framing and a head. */
  static final int LARGEST = Body.LIMIT + 64 * 1024;

  private static final long LOOK_AGAIN_MILLIS = 50;

  private final TimeLimit time;
  private final Semaphore places;
  private boolean hasPlace;
  private int received;

  /**
   * Limits a stream.
   *
   * @param time ends the wait for a slot
   * @param places the slots for answers that are not small
   */
  AnswerInput(InputStream in, TimeLimit time, Semaphore places) {
    super(in);
    this.time = time;
    this.places = places;
  }

  @Override
  public int read() throws IOException {
    var next = super.read();
    count(next < 0 ? 0 : 1);
    return next;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    var read = super.read(bytes, offset, length);
    count(Math.max(0, read));
    return read;
  }

  private void count(int bytes) throws IOException {
    received += bytes;
    if (received > LARGEST) {
      throw new MessageConstraintException("the response is too large");
    }
    if (received > SMALL && !hasPlace) {
      awaitPlace();
    }
  }

  private void awaitPlace() throws IOException {
    try {
      while (!places.tryAcquire(LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS)) {
        if (time.hasPassed()) {
          throw new IOException("the time limit has passed");
        }
      }
      hasPlace = true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  @Override
  public void close() {
    if (hasPlace) {
      hasPlace = false;
      places.release();
    }
  }
}
