package tokenbroker.tokens;

/**
 * The shared store did not answer, or refused. The message names the operation and the kind of
 * fault, never a value.
 */
public final class StoreUnavailable extends RuntimeException {

  private static final long serialVersionUID = 1;

  public StoreUnavailable(String message, Throwable cause) {
    super(message, cause);
  }

  public StoreUnavailable(String message) {
    super(message);
  }
}
