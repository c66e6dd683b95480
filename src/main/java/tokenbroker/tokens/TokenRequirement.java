package tokenbroker.tokens;

import java.time.Duration;
import tokenbroker.time.Now;

/**
 * A requirement that a token must meet. The current token may meet it, or the broker must obtain a
 * newer one. Equal requirements for an owner share one fetch.
 */
public sealed interface TokenRequirement {

  /** Returns whether the token meets the requirement, so that no fetch is needed. */
  boolean isMetBy(AccessToken token, TokenOwner owner, Freshness freshness, Now now);

  /** Returns the reason for a fetch as metrics name it. */
  Trigger trigger();

  /**
   * Returns whether this is a trial of new credentials. A trial is made whatever is known about the
   * credentials in use, and its failure says nothing about them.
   */
  default boolean isTrial() {
    return false;
  }

  /** Returns whether a caller will use the token soon, so that this process caches it. */
  default boolean isForCallers() {
    return true;
  }

  /** Any token that may be handed out. */
  record Usable() implements TokenRequirement {
    @Override
    public boolean isMetBy(AccessToken token, TokenOwner owner, Freshness freshness, Now now) {
      return freshness.isUsable(token, now);
    }

    @Override
    public Trigger trigger() {
      return Trigger.MISS;
    }
  }

  /**
   * A token with at least the given remaining lifetime. If a fresh token had less, another fetch
   * would not help. That token then meets the requirement for {@link #NO_FURTHER_FETCH}.
   */
  record MinTtl(Duration minTtl) implements TokenRequirement {
    private static final Duration NO_FURTHER_FETCH = Duration.ofSeconds(30);

    /** A tolerance, because a fresh token has always lost a little of its lifetime in transit. */
    private static final double NEARLY_ALL = 0.9;

    @Override
    public boolean isMetBy(AccessToken token, TokenOwner owner, Freshness freshness, Now now) {
      return freshness.isUsable(token, now)
          && (lastsFor(token, now) || isTheBestToBeHad(token, now));
    }

    boolean lastsFor(AccessToken token, Now now) {
      return token.remaining(now).compareTo(minTtl) >= 0;
    }

    private boolean isTheBestToBeHad(AccessToken token, Now now) {
      return token.shortOfMinTtl()
          && minTtl.toMillis() > NEARLY_ALL * token.lifetime().toMillis()
          && token.life().age(now).compareTo(NO_FURTHER_FETCH) < 0;
    }

    @Override
    public Trigger trigger() {
      return Trigger.MISS;
    }
  }

  /** Any token except this one, which the upstream rejected. */
  record OtherThan(TokenId dead) implements TokenRequirement {
    @Override
    public boolean isMetBy(AccessToken token, TokenOwner owner, Freshness freshness, Now now) {
      return !token.id().equals(dead) && freshness.isUsable(token, now);
    }

    @Override
    public Trigger trigger() {
      return Trigger.INVALIDATE;
    }
  }

  /** A token that is not yet due for refresh. */
  record Renewed() implements TokenRequirement {
    @Override
    public boolean isMetBy(AccessToken token, TokenOwner owner, Freshness freshness, Now now) {
      return token.life().age(now).compareTo(freshness.refreshAge(token, owner)) < 0;
    }

    @Override
    public Trigger trigger() {
      return Trigger.AHEAD;
    }
  }

  /** A token that was fetched with these credentials. */
  record FetchedWith(String credentialsVersion) implements TokenRequirement {
    @Override
    public boolean isMetBy(AccessToken token, TokenOwner owner, Freshness freshness, Now now) {
      return token.provenance().credentialsVersion().equals(credentialsVersion)
          && freshness.isUsable(token, now);
    }

    @Override
    public Trigger trigger() {
      return Trigger.ROTATION;
    }

    @Override
    public boolean isTrial() {
      return true;
    }
  }

  /** A refresh of a connection that nobody uses, before its refresh token expires. */
  record KeptAlive() implements TokenRequirement {
    @Override
    public boolean isMetBy(AccessToken token, TokenOwner owner, Freshness freshness, Now now) {
      return freshness.isUsable(token, now);
    }

    @Override
    public Trigger trigger() {
      return Trigger.KEEP_ALIVE;
    }

    @Override
    public boolean isForCallers() {
      return false;
    }
  }

  /** The reason for a fetch: the label {@code trigger}. */
  enum Trigger {
    AHEAD,
    MISS,
    INVALIDATE,
    ROTATION,
    KEEP_ALIVE
  }
}
