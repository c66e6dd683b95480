package tokenbroker.output;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.util.function.Consumer;

/**
 * Splits the written bytes into lines and passes on each complete line. Never blocks, not even in
 * {@link #flush}. Safe for one thread at a time, as {@link java.io.PrintStream} ensures.
 */
final class LineStream extends OutputStream {

  /**
   * The maximum bytes of a line; a longer line is cut. A log line has a few hundred bytes, or 50 KB
   * with a stack trace.
   */
  static final int LONGEST = 256 * 1024;

  private final Consumer<byte[]> taker;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream(512);

  LineStream(Consumer<byte[]> taker) {
    this.taker = taker;
  }

  @Override
  public void write(int character) {
    if (line.size() < LONGEST) {
      line.write(character);
    }
    if (character == '\n') {
      handOver();
    }
  }

  @Override
  public void write(byte[] text, int from, int length) {
    for (var i = from; i < from + length; i++) {
      write(text[i]);
    }
  }

  private void handOver() {
    var bytes = Controls.escape(line.toByteArray());
    bytes[bytes.length - 1] = '\n'; // A line that was cut needs it, too.
    line.reset();
    taker.accept(bytes);
  }
}
