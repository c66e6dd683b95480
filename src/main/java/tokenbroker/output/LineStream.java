package tokenbroker.output;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.util.function.Consumer;

/**
 * Cuts what is written into lines and hands each over when it is complete. Never blocks, also not
 * at {@link #flush}. Safe for one thread at a time, as {@link java.io.PrintStream} ensures.
 */
final class LineStream extends OutputStream {

  /** What is longer is cut: a line of a log has some hundred bytes, with a stack trace 50 KB. */
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
    bytes[bytes.length - 1] = '\n'; // Also where it was cut.
    line.reset();
    taker.accept(bytes);
  }
}
