package tokenbroker.observability;

import java.util.Locale;

/** The kinds of audit lines: the value of {@code event}. */
public enum AuditEvent {
  /** A caller requested a token, or reported it as unusable. */
  TOKEN,
  /** A caller was refused before it was authenticated. */
  AUTHENTICATION,
  /** A caller exceeded its rate limit. */
  RATE_LIMIT,
  /** A request was refused because it could not be audited. */
  AUDIT,
  /** A caller listed the clients that it may use. */
  CLIENTS,
  /** A caller listed the connections of a client. */
  CONNECTIONS,
  /** A caller began an authorization. */
  AUTHORIZE,
  /**
   * A browser opened an authorization link that is unknown, expired, used or of another browser.
   */
  VISIT,
  /** A browser returned with parameters that belong to no authorization. */
  CALLBACK,
  /** A browser returned, and an account was or was not connected. */
  CONNECT,
  /** A caller redeemed the result of an authorization, or failed to. */
  REDEEM,
  /** The broker refreshed a connection's tokens. */
  REFRESH,
  /** A caller removed a connection. */
  REVOKE;

  private final String word = name().toLowerCase(Locale.ROOT);

  /** Returns the word in the line. */
  public String word() {
    return word;
  }
}
