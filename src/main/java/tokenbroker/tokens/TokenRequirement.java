package tokenbroker.tokens;

import java.time.Duration;
import tokenbroker.time.Now;

/**
 * What is asked of a token: the one in hand may do, or a newer one must be had. Equal needs of an
 * account share one fetch.
 */
public sealed interface TokenRequirement {

  /** Whether the token will do, so that nothing is fetched. */
  boolean isMetBy(AccessToken token, Account account, Freshness freshness, Now now);

  /** What metrics say led to a fetch. */
  Trigger trigger();

  /**
   * A trial goes on whatever is known of the credentials in use, and its failure says nothing about
   * them.
   */
  default boolean isTrial() {
    return false;
  }

  /** Whether somebody will use the token soon, so that it is kept in this process. */
  default boolean isForCallers() {
    return true;
  }

  /** Any token that may be handed out. */
  record Usable() implements TokenRequirement {
    @Override
    public boolean isMetBy(AccessToken token, Account account, Freshness freshness, Now now) {
      return freshness.isUsable(token, now);
    }

    @Override
    public Trigger trigger() {
      return Trigger.MISS;
    }
  }

  /**
   * At least so much life. If even a fresh token had less, another fetch would bring no more: that
   * token will do for {@link #NO_FURTHER_FETCH}.
   */
  record MinTtl(Duration minTtl) implements TokenRequirement {
    private static final Duration NO_FURTHER_FETCH = Duration.ofSeconds(30);

    /** A fresh token has always lost a little of its life on the way. */
    private static final double NEARLY_ALL = 0.9;

    @Override
    public boolean isMetBy(AccessToken token, Account account, Freshness freshness, Now now) {
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

  /** Any token but this one, which the upstream refused. */
  record OtherThan(TokenId dead) implements TokenRequirement {
    @Override
    public boolean isMetBy(AccessToken token, Account account, Freshness freshness, Now now) {
      return !token.id().equals(dead) && freshness.isUsable(token, now);
    }

    @Override
    public Trigger trigger() {
      return Trigger.INVALIDATE;
    }
  }

  /** A token that is not yet due for renewal. */
  record Renewed() implements TokenRequirement {
    @Override
    public boolean isMetBy(AccessToken token, Account account, Freshness freshness, Now now) {
      return token.life().age(now).compareTo(freshness.renewalAge(token, account)) < 0;
    }

    @Override
    public Trigger trigger() {
      return Trigger.AHEAD;
    }
  }

  /** A token that these credentials fetched. */
  record FetchedWith(String credentialsVersion) implements TokenRequirement {
    @Override
    public boolean isMetBy(AccessToken token, Account account, Freshness freshness, Now now) {
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

  /** A connection that nobody uses is renewed, before its refresh token expires. */
  record KeptAlive() implements TokenRequirement {
    @Override
    public boolean isMetBy(AccessToken token, Account account, Freshness freshness, Now now) {
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

  /** Why a token is fetched: the label {@code trigger}. */
  enum Trigger {
    AHEAD,
    MISS,
    INVALIDATE,
    ROTATION,
    KEEP_ALIVE
  }
}
