package tokenbroker.observability;

import java.io.IOException;
import tokenbroker.output.Descriptor;
import tokenbroker.output.LineBuffer;

/**
 * Standard output as an audit sink. It shares standard output with the log and keeps the audit
 * lines in order.
 */
final class OutputSink implements AuditSink {

  private final Descriptor output;

  OutputSink(Descriptor output) {
    this.output = output;
  }

  @Override
  public int write(LineBuffer lines, int number) {
    try {
      lines.writeTo(output);
      return 0;
    } catch (IOException | RuntimeException | Error _) {
      return number; // Not logged, because the log itself may have failed.
    }
  }
}
