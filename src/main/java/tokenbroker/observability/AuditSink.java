package tokenbroker.observability;

import java.util.List;

/** The destination of audit lines. Only the audit's own thread waits for it. */
interface AuditSink {

  /**
   * Writes lines. Blocks as long as it takes, and never throws.
   *
   * @param lines in printable ASCII, each without a line feed
   * @return how many of them were lost
   */
  int write(List<byte[]> lines);
}
