package tokenbroker.observability;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.logging.ErrorManager;
import org.jboss.logmanager.Logger;
import tokenbroker.output.LineBuffer;

/**
 * The handlers that an operator configured for the logger {@code audit}, such as a file or syslog.
 */
final class LoggerSink implements AuditSink {

  private final Logger logger;
  private boolean failed;

  LoggerSink(Logger logger) {
    this.logger = logger;
    for (var handler : logger.getHandlers()) {
      handler.setErrorManager(new Losses(handler.getErrorManager()));
    }
  }

  @Override
  public int write(LineBuffer lines, int number) {
    return (int) lines.toString(US_ASCII).lines().filter(line -> !isWritten(line)).count();
  }

  /**
   * Writes a line and returns whether that succeeded. An error loses only this line. It is not
   * logged, because the log itself may have failed.
   */
  private boolean isWritten(String line) {
    failed = false;
    try {
      logger.info(line);
    } catch (Throwable _) {
      return false;
    }
    return !failed;
  }

  /** Detects lines that a handler could not write, because a handler throws no exception then. */
  private final class Losses extends ErrorManager {

    private final ErrorManager next;

    Losses(ErrorManager next) {
      this.next = next;
    }

    @Override
    public void error(String message, Exception fault, int code) {
      if (code == WRITE_FAILURE || code == FORMAT_FAILURE || code == GENERIC_FAILURE) {
        failed = true;
      }
      next.error(message, fault, code);
    }
  }
}
