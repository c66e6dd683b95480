package tokenbroker.tokens;

import org.jspecify.annotations.Nullable;

/**
 * One replica tells the others that what is stored for an account has changed. It carries nothing
 * secret and nothing to trust.
 *
 * @param dead the token that must not be served again; only with {@link Kind#REPLACED}
 */
public record Announcement(Kind kind, Account account, @Nullable TokenId dead) {

  public static Announcement of(Kind kind, Account account) {
    return new Announcement(kind, account, null);
  }

  /** What happened. */
  public enum Kind {
    /** A newer token is in the store; the one before it still lives. */
    RENEWED,
    /** The token before it is dead: it must not be served again. */
    REPLACED,
    /** A fetch failed, and the failure is in the store: who waits for it need not wait on. */
    FAILED,
    /** There is no such connection any more: nothing of it may be served. */
    REMOVED
  }
}
