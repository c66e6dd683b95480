package tokenbroker.observability;

import tokenbroker.output.LineBuffer;

/** The destination of audit lines. Only the audit's own thread waits for it. */
interface AuditSink {

  /**
   * Writes lines. Blocks as long as it takes, and never throws.
   *
   * @param lines in printable ASCII, each with a line feed
   * @param number how many lines these are
   * @return how many of them were lost
   */
  int write(LineBuffer lines, int number);
}
