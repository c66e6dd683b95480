package tokenbroker.output;

import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** A buffer for lines that go to a {@link Descriptor} in one write. */
public final class LineBuffer extends ByteArrayOutputStream {

  public LineBuffer() {
    super(64 * 1024);
  }

  /** Removes what was added after the first {@code length} bytes. */
  public void truncate(int length) {
    count = Math.min(count, length);
  }

  /** Writes all lines. Blocks as {@link Descriptor#write} does. */
  public void writeTo(Descriptor descriptor) throws IOException {
    descriptor.write(buf, count);
  }
}
