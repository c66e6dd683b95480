package tokenbroker.tokens;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import tokenbroker.time.Moment;
import tokenbroker.time.Now;

/**
 * The tokens in this process: at most one an account, and none that has expired. Trusted while
 * announcements are heard; while they are not, an entry older than {@link #UNHEARD_TRUST} is to be
 * read again from the store.
 */
@Singleton
public class NearbyTokens {

  static final Duration UNHEARD_TRUST = Duration.ofSeconds(5);

  /** Longer than anything takes that ends in {@link #keep}. */
  private static final Duration REMEMBER_FORGOTTEN = Duration.ofMinutes(2);

  private static final int MOST_FORGOTTEN = 100_000;

  private final Map<Account, NearbyToken> tokens = new ConcurrentHashMap<>();
  private final AtomicLong moments = new AtomicLong();

  /** The moment at which each account was last forgotten. */
  private final Cache<Account, Long> forgotten =
      Caffeine.newBuilder()
          .maximumSize(MOST_FORGOTTEN)
          .expireAfterWrite(REMEMBER_FORGOTTEN)
          .executor(Runnable::run)
          .build();

  private final Freshness freshness;
  private final TokenStore store;

  NearbyTokens(Freshness freshness, TokenStore store) {
    this.freshness = freshness;
    this.store = store;
  }

  /** The token to serve without asking anybody, or null. */
  @Nullable NearbyToken trusted(Account account, Now now) {
    var nearby = tokens.get(account);
    return nearby != null && nearby.isLive(now) && isTrusted(account, nearby, now) ? nearby : null;
  }

  /** A token that may still be handed out where nothing better can be had, or null. */
  @Nullable NearbyToken live(Account account, Now now) {
    var nearby = tokens.get(account);
    return nearby != null && nearby.isLive(now) ? nearby : null;
  }

  private boolean isTrusted(Account account, NearbyToken nearby, Now now) {
    var hearingSince = store.hearingSince();
    return (hearingSince.isPresent() && nearby.isVerifiedSince(hearingSince.get()))
        || nearby.isVerifiedWithin(UNHEARD_TRUST, now.moment())
        || !store.isUp(account);
  }

  /** To be asked for before a token is looked up, for {@link #keep}. */
  long moment() {
    return moments.get();
  }

  /**
   * Keeps a token from now on, unless its account was forgotten since it was looked up, or a token
   * that was requested later is here already: a slow look at the store must not bring back what has
   * been replaced.
   *
   * @param since the {@link #moment} before the look
   */
  void keep(Account account, AccessToken token, Now now, long since) {
    tokens.compute(
        account,
        (name, before) -> isForgottenSince(since, name) ? before : newer(name, token, now, before));
  }

  private NearbyToken newer(
      Account account, AccessToken token, Now now, @Nullable NearbyToken before) {
    var kept = token;
    if (before != null && before.isLive(now)) {
      if (before.token.id().equals(token.id())) {
        kept = token.endingNoLaterThan(before.token, now);
      } else if (before.token.wasRequestedAfter(token)
          && before.token.provenance().isLike(token.provenance())) {
        before.verified(now.moment());
        return before;
      }
    }
    return new NearbyToken(kept, account, freshness, now.moment(), before);
  }

  /** The store still has nothing better than what is nearby. */
  void verify(Account account, Moment now) {
    var nearby = tokens.get(account);
    if (nearby != null) {
      nearby.verified(now);
    }
  }

  /** The token was replaced elsewhere because it is dead. */
  void suspect(Account account, TokenId dead) {
    var nearby = tokens.get(account);
    if (nearby != null && nearby.token.id().equals(dead)) {
      nearby.suspect = true;
    }
  }

  void forget(Account account) {
    tokens.compute(
        account,
        (name, before) -> {
          forgotten.put(name, moments.incrementAndGet());
          return null;
        });
  }

  private boolean isForgottenSince(long moment, Account account) {
    var forgottenAt = forgotten.getIfPresent(account);
    return forgottenAt != null && forgottenAt > moment;
  }

  /** Expired tokens are dropped on the way. */
  void forEach(Now now, BiConsumer<Account, NearbyToken> action) {
    tokens.forEach(
        (account, nearby) -> {
          if (nearby.hasEnded(now)) {
            tokens.remove(account, nearby);
          } else {
            action.accept(account, nearby);
          }
        });
  }

  /** The nearby token of an account, whatever is known of it; null where there is none. */
  @Nullable NearbyToken get(Account account) {
    return tokens.get(account);
  }
}
