package tokenbroker.tokens;

/** What a bug in a fetch comes to: a failure for callers, and a stack trace for us. */
final class Breakage extends RuntimeException {

  private static final long serialVersionUID = 1;

  private Breakage(String message) {
    super(message, null, false, true);
  }

  /** Says where it broke, without the messages: those may hold what was fetched. */
  static Breakage of(Throwable fault) {
    var breakage = new Breakage(fault.getClass().getName());
    breakage.setStackTrace(fault.getStackTrace());
    return breakage;
  }
}
