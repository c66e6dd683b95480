package tokenbroker.tokens;

import tokenbroker.clients.ClientName;

/**
 * One replica tells the others that what is stored for a client has changed. It carries nothing
 * secret and nothing to trust.
 */
public record Announcement(Kind kind, ClientName client) {

  /** What happened. */
  public enum Kind {
    /** A newer token is in the store; the one before it still lives. */
    RENEWED,
    /** The token before it is dead: it must not be served again. */
    REPLACED,
    /** A fetch failed, and the failure is in the store: who waits for it need not wait on. */
    FAILED
  }
}
