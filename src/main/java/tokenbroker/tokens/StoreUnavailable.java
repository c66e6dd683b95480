package tokenbroker.tokens;

/**
 * The shared store did not answer, or refused. The message names the operation and the kind of
 * fault, never a value.
 */
public final class StoreUnavailable extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final boolean ofOneAccount;

  public StoreUnavailable(String message) {
    this(message, false);
  }

  private StoreUnavailable(String message, boolean ofOneAccount) {
    super(message);
    this.ofOneAccount = ofOneAccount;
  }

  /** The store answered, and refused what concerns this account only. */
  public static StoreUnavailable forOneAccount(String message) {
    return new StoreUnavailable(message, true);
  }

  /** Whether the fault says nothing of other accounts. */
  boolean isOfOneAccount() {
    return ofOneAccount;
  }
}
