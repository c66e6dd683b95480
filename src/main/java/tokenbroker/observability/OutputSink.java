package tokenbroker.observability;

import java.io.IOException;
import java.util.List;
import tokenbroker.output.Descriptor;
import tokenbroker.output.LineBuffer;

/**
 * Standard output as an audit sink. It shares standard output with the log and keeps the audit
 * lines in order.
 */
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
      return lines.size(); // Not logged, because the log itself may have failed.
    } finally {
      buffer.reset();
    }
  }
}
