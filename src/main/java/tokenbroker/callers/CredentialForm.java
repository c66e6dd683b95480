package tokenbroker.callers;

/** The form in which a request presents the caller's JWT (contract §1 and §8). */
public enum CredentialForm {
  /** {@code Authorization: Bearer} (RFC 6750 §2.1). */
  BEARER("bearer"),
  /** The password in {@code Authorization: Basic} (RFC 6749 §2.3.1). */
  BASIC("basic"),
  /** The form parameter {@code client_secret} (RFC 6749 §2.3.1). */
  POST("post"),
  /** The form parameter {@code client_assertion} (RFC 7523 §2.2). */
  ASSERTION("assertion"),
  /** The form parameter {@code subject_token} (RFC 8693 §2.1). */
  EXCHANGE("exchange");

  private final String label;

  CredentialForm(String label) {
    this.label = label;
  }

  /** Returns the name in metrics and the audit. */
  public String label() {
    return label;
  }
}
