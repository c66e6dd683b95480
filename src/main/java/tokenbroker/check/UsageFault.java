package tokenbroker.check;

/** A wrong option. The message says what is wrong and what to write. */
final class UsageFault extends Exception {

  private static final long serialVersionUID = 1;

  UsageFault(String message) {
    super(message);
  }
}
