package tokenbroker.tokens;

import org.jspecify.annotations.Nullable;

/**
 * A message from one replica to all others that an owner's stored data has changed. It contains no
 * secret, and receivers do not rely on its content.
 *
 * @param dead the token that must not be served again; set only for {@link Kind#REPLACED}
 */
public record Announcement(Kind kind, TokenOwner owner, @Nullable TokenId dead) {

  public static Announcement of(Kind kind, TokenOwner owner) {
    return new Announcement(kind, owner, null);
  }

  /** The kind of change. */
  public enum Kind {
    /** The store has a newer token; the previous token is still valid. */
    RENEWED,
    /**
     * The store has a newer token because the previous one is dead: no replica may serve it again.
     */
    REPLACED,
    /**
     * A fetch failed and the store has the failure. Whoever waits for this fetch can stop waiting.
     */
    FAILED,
    /** The connection no longer exists: no replica may serve anything of it. */
    REMOVED
  }
}
