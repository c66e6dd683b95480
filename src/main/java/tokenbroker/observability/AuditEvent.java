package tokenbroker.observability;

import java.util.Locale;
import java.util.Set;

/** The kinds of audit lines: the value of {@code event}. */
public enum AuditEvent {
  /** A caller requested a token, or reported it as unusable. */
  TOKEN(
      "nearby",
      "shared",
      "fetched",
      "replaced",
      "not_replaced",
      "forbidden",
      "invalid_scope",
      "rejected",
      "unavailable",
      "timeout",
      "throttled",
      "not_found",
      "reconnect_required"),
  /** A caller was refused before it was authenticated. */
  AUTHENTICATION("refused"),
  /** A caller exceeded its rate limit. */
  RATE_LIMIT("throttled"),
  /** A request was refused because it could not be audited. */
  AUDIT("unavailable"),
  /** A caller listed the clients that it may use. */
  CLIENTS("listed", "throttled"),
  /** A caller listed the connections of a client. */
  CONNECTIONS("listed", "forbidden"),
  /** A caller began an authorization. */
  AUTHORIZE("begun", "refused", "forbidden"),
  /**
   * A browser opened an authorization link that is unknown, expired, used or of another browser.
   */
  VISIT("expired"),
  /** A browser returned with parameters that belong to no authorization. */
  CALLBACK("malformed", "expired"),
  /** A browser returned, and an account was or was not connected. */
  CONNECT(
      "authorized",
      "access_denied",
      "invalid_request",
      "unauthorized_client",
      "unsupported_response_type",
      "invalid_scope",
      "server_error",
      "temporarily_unavailable"),
  /** A caller redeemed the result of an authorization, or failed to. */
  REDEEM("connected", "invalid_result", "forbidden"),
  /** The broker refreshed a connection's tokens. */
  REFRESH("refreshed", "reconnect_required"),
  /** A caller removed a connection. */
  REVOKE("removed", "forbidden");

  private final String word = name().toLowerCase(Locale.ROOT);

  @SuppressWarnings("ImmutableEnumChecker") // Set.of returns an immutable set.
  private final Set<String> outcomes;

  AuditEvent(String... outcomes) {
    this.outcomes = Set.of(outcomes);
  }

  /** Returns the word in the line. */
  public String word() {
    return word;
  }

  /** Returns all words that {@code outcome} can be. */
  Set<String> outcomes() {
    return outcomes;
  }
}
