package tokenbroker.clients;

import java.util.Locale;

/**
 * The reason why a client has no credentials, or uses others than its files hold.
 *
 * @param message what is wrong and what to do about it; never the content of a file
 */
public record CredentialsFault(Kind kind, String message) {

  /** Returns the code in {@code GET /clients}, such as {@code credentials_missing}. */
  public String code() {
    return "credentials_" + kind.name().toLowerCase(Locale.ROOT);
  }

  /** The kinds of faults. */
  public enum Kind {
    /** One or both of the two files do not exist. */
    MISSING,
    /** The client has files in both layouts of the secrets directory. */
    DUPLICATE,
    /** A file exists but cannot be read. */
    UNREADABLE,
    /** The content of a file cannot be a credential. */
    MALFORMED,
    /** The upstream rejects the new credentials; the former ones stay in use. */
    REFUSED,
    /** The upstream does not answer; the new credentials wait, and the former ones stay in use. */
    UNPROVEN
  }
}
