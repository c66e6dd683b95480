package tokenbroker.observability;

import java.io.IOException;
import java.util.List;
import tokenbroker.output.Descriptor;
import tokenbroker.output.LineBuffer;

/** Standard output, beside the log and in the same order for all lines of the audit. */
final class OutputSink implements AuditSink {

  private final Descriptor output;
  private final LineBuffer buffer = new LineBuffer();

  OutputSink(Descriptor output) {
    this.output = output;
  }

  @Override
  public int write(List<byte[]> lines) {
    try {
      for (var line : lines) {
        buffer.write(line);
        buffer.write('\n');
      }
      buffer.writeTo(output);
      return 0;
    } catch (IOException | RuntimeException | Error _) {
      return lines.size(); // Not logged: it may be the log that fails.
    } finally {
      buffer.reset();
    }
  }
}
