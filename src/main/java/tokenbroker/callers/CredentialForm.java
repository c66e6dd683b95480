package tokenbroker.callers;

import java.util.Locale;

/** The form in which a request presents the caller's JWT (contract §1 and §8). */
public enum CredentialForm {
  /** {@code Authorization: Bearer} (RFC 6750 §2.1). */
  BEARER,
  /** The password in {@code Authorization: Basic} (RFC 6749 §2.3.1). */
  BASIC,
  /** The form parameter {@code client_secret} (RFC 6749 §2.3.1). */
  POST,
  /** The form parameter {@code client_assertion} (RFC 7523 §2.2). */
  ASSERTION,
  /** The form parameter {@code subject_token} (RFC 8693 §2.1). */
  EXCHANGE;

  private final String label = name().toLowerCase(Locale.ROOT);

  /** Returns the name in metrics and the audit. */
  public String label() {
    return label;
  }
}
