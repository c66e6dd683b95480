package tokenbroker.tokens;

/** A bug in a fetch, for the log. Callers get a failure; the log gets this stack trace. */
final class Breakage extends RuntimeException {

  private static final long serialVersionUID = 1;

  private Breakage(String message) {
    super(message, null, false, true);
  }

  /**
   * Returns the type and the stack trace of a fault. The message and causes are left out, because
   * they may contain fetched secrets.
   */
  static Breakage of(Throwable fault) {
    var breakage = new Breakage(fault.getClass().getName());
    breakage.setStackTrace(fault.getStackTrace());
    return breakage;
  }
}
