package tokenbroker.observability;

import java.util.Locale;

/** What an audit line tells of: the value of {@code event}. */
public enum AuditEvent {
  /** A token was asked for, or reported dead. */
  TOKEN,
  /** A caller was refused before it was known who it is. */
  AUTHENTICATION,
  /** A caller exceeded its rate. */
  RATE_LIMIT,
  /** A request was refused because it could not be audited. */
  AUDIT,
  /** The clients that a caller may use were listed. */
  CLIENTS,
  /** The connections of a client were listed. */
  CONNECTIONS,
  /** A caller began an authorization. */
  AUTHORIZE,
  /** A browser followed a link of an authorization that does not exist. */
  VISIT,
  /** A browser came back with something that belongs to no authorization. */
  CALLBACK,
  /** A browser came back, and an account was connected or not. */
  CONNECT,
  /** A caller redeemed the result of an authorization, or failed to. */
  REDEEM,
  /** The broker renewed a connection's tokens. */
  REFRESH,
  /** A caller removed a connection. */
  REVOKE;

  private final String word = name().toLowerCase(Locale.ROOT);

  /** The word in the line. */
  public String word() {
    return word;
  }
}
