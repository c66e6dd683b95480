package tokenbroker.tokens;

/**
 * An error of the shared store: it did not answer, or rejected the operation. The message names the
 * operation and the kind of fault, never a value.
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

  /** Returns an error for a store that answered and rejected an operation for this owner only. */
  public static StoreUnavailable forOneAccount(String message) {
    return new StoreUnavailable(message, true);
  }

  /** Returns whether the error says nothing about other owners. */
  boolean isOfOneAccount() {
    return ofOneAccount;
  }
}
