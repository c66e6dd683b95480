package tokenbroker.clients;

import java.util.Locale;

/**
 * Why a client has no credentials, or other ones in use than its files hold.
 *
 * @param message what is wrong and what to do about it; never what a file holds
 */
public record CredentialsFault(Kind kind, String message) {

  /** What {@code GET /clients} calls it, such as {@code credentials_missing}. */
  public String code() {
    return "credentials_" + kind.name().toLowerCase(Locale.ROOT);
  }

  /** What went wrong. */
  public enum Kind {
    /** One of the two files is not there, or both. */
    MISSING,
    /** A file is there and cannot be read. */
    UNREADABLE,
    /** A file holds what no credential can be. */
    MALFORMED,
    /** The upstream refuses the new ones; those before them stay in use. */
    REFUSED,
    /** The upstream does not answer; the new ones wait, and those before them stay in use. */
    UNPROVEN
  }
}
