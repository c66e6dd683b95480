package tokenbroker.tokens;

import java.time.Duration;
import java.time.Instant;

/**
 * What is asked of a token: the one in hand may do, or a newer one must be had. Equal needs of an
 * account share one fetch.
 */
public sealed interface Need {

  /** Whether the token will do, so that nothing is fetched. */
  boolean isMetBy(AccessToken token, Account account, Freshness freshness, Instant now);

  /** What metrics say led to a fetch. */
  Trigger trigger();

  /**
   * A trial goes on whatever is known of the credentials in use, and its failure says nothing about
   * them.
   */
  default boolean isTrial() {
    return false;
  }

  /** Any token that may be handed out. */
  record Usable() implements Need {
    @Override
    public boolean isMetBy(AccessToken token, Account account, Freshness freshness, Instant now) {
      return freshness.isUsable(token, now);
    }

    @Override
    public Trigger trigger() {
      return Trigger.MISS;
    }
  }

  /**
   * At least so much life. A token that was fetched for this reason, and never had much more life
   * than is asked for now, will do for {@link #NO_FURTHER_FETCH}: another fetch would bring no
   * more.
   */
  record MinTtl(Duration minTtl) implements Need {
    private static final Duration NO_FURTHER_FETCH = Duration.ofSeconds(30);
    private static final double NEARLY_ALL = 0.9;

    @Override
    public boolean isMetBy(AccessToken token, Account account, Freshness freshness, Instant now) {
      return freshness.isUsable(token, now)
          && (lastsFor(token, now) || isTheBestToBeHad(token, now));
    }

    boolean lastsFor(AccessToken token, Instant now) {
      return token.remaining(now).compareTo(minTtl) >= 0;
    }

    private boolean isTheBestToBeHad(AccessToken token, Instant now) {
      return token.forMinTtl()
          && minTtl.toMillis() > NEARLY_ALL * token.lifetime().toMillis()
          && now.isBefore(token.requestedAt().plus(NO_FURTHER_FETCH));
    }

    @Override
    public Trigger trigger() {
      return Trigger.MISS;
    }
  }

  /** Any token but this one, which the upstream refused. */
  record OtherThan(TokenId dead) implements Need {
    @Override
    public boolean isMetBy(AccessToken token, Account account, Freshness freshness, Instant now) {
      return !token.id().equals(dead) && freshness.isUsable(token, now);
    }

    @Override
    public Trigger trigger() {
      return Trigger.INVALIDATE;
    }
  }

  /** A token that is not yet due for renewal. */
  record Renewed() implements Need {
    @Override
    public boolean isMetBy(AccessToken token, Account account, Freshness freshness, Instant now) {
      return now.isBefore(freshness.renewalDue(token, account));
    }

    @Override
    public Trigger trigger() {
      return Trigger.AHEAD;
    }
  }

  /** A token that these credentials fetched. */
  record FetchedWith(String credentialsVersion) implements Need {
    @Override
    public boolean isMetBy(AccessToken token, Account account, Freshness freshness, Instant now) {
      return token.credentialsVersion().equals(credentialsVersion)
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

  /** Why a token is fetched: the label {@code trigger}. */
  enum Trigger {
    AHEAD,
    MISS,
    INVALIDATE,
    ROTATION
  }
}
