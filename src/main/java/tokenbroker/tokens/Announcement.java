package tokenbroker.tokens;

import org.jspecify.annotations.Nullable;
import tokenbroker.clients.ClientName;

/**
 * One replica tells the others that what is stored for a client has changed. It carries nothing
 * secret and nothing to trust.
 *
 * @param dead the token that must not be served again; only with {@link Kind#REPLACED}
 */
public record Announcement(Kind kind, ClientName client, @Nullable TokenId dead) {

  public static Announcement of(Kind kind, ClientName client) {
    return new Announcement(kind, client, null);
  }

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
