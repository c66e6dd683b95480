package tokenbroker.tokens;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import tokenbroker.time.Moment;
import tokenbroker.time.Now;

/**
 * The tokens in this process: at most one an account, and none that has expired. They are bounded
 * by memory, so that an upstream with huge tokens does no harm. Trusted while announcements are
 * heard; while they are not, an entry older than {@link #UNHEARD_TRUST} is to be read again from
 * the store.
 */
@Singleton
public class LocalTokens {

  static final Duration UNHEARD_TRUST = Duration.ofSeconds(5);

  /** Longer than anything takes that ends in {@link #keep}. */
  private static final Duration REMEMBER_FORGOTTEN = Duration.ofMinutes(2);

  /** Some 150 bytes each: 1.5 MB. Beyond that the oldest may come back from a very slow look. */
  private static final int MOST_FORGOTTEN = 10_000;

  /** What all else takes of the heap of the documented container, beside connections. */
  private static final long FOR_OTHERS = 48 << 20;

  /** What an entry retains beside the token, with its account and all that the cache keeps. */
  static final int ENTRY = 300;

  private final LongAdder evicted = new LongAdder();
  private final ConcurrentMap<Account, LocalToken> tokens;
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

  @Inject
  LocalTokens(Freshness freshness, TokenStore store, TokenMetrics metrics) {
    this(freshness, store, room(Runtime.getRuntime().maxMemory()));
    metrics.watchNearby(this);
  }

  /**
   * @param bytes that tokens retain at most. Beyond that those that are used least are left to the
   *     store
   */
  LocalTokens(Freshness freshness, TokenStore store, long bytes) {
    this.freshness = freshness;
    this.store = store;
    this.tokens =
        Caffeine.newBuilder()
            .maximumWeight(bytes)
            .weigher((Account account, LocalToken nearby) -> ENTRY + nearby.token.bytes())
            .evictionListener((account, nearby, cause) -> evicted.increment())
            .executor(Runnable::run) // Its upkeep is less than a change of threads.
            .build()
            .asMap();
  }

  /** Returns how many bytes tokens may retain: half of the heap less 48 MiB, an eighth at least. */
  public static long room(long heap) {
    return Math.max(heap / 8, heap / 2 - FOR_OTHERS);
  }

  /** Returns how many tokens had to make room for others, since the start. */
  long evicted() {
    return evicted.sum();
  }

  /** The token to serve without asking anybody, or null. */
  @Nullable LocalToken trusted(Account account, Now now) {
    var nearby = tokens.get(account);
    return nearby != null && nearby.isLive(now) && isTrusted(account, nearby, now) ? nearby : null;
  }

  /** A token that may still be handed out where nothing better can be had, or null. */
  @Nullable LocalToken live(Account account, Now now) {
    var nearby = tokens.get(account);
    return nearby != null && nearby.isLive(now) ? nearby : null;
  }

  private boolean isTrusted(Account account, LocalToken nearby, Now now) {
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

  private LocalToken newer(
      Account account, AccessToken token, Now now, @Nullable LocalToken before) {
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
    return new LocalToken(kept, account, freshness, now.moment(), before);
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
  void forEach(Now now, BiConsumer<Account, LocalToken> action) {
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
  @Nullable LocalToken get(Account account) {
    return tokens.get(account);
  }
}
