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
 * The cache of tokens in this process: at most one per owner, and none that has expired. Its size
 * is bounded in bytes, so that an upstream that issues huge tokens does no harm.
 *
 * <p>An entry is trusted while announcements are received, and while the store is down, because
 * nothing better can be read then. Otherwise an entry whose last verification is older than {@link
 * #UNHEARD_TRUST} must be read again from the store.
 */
@Singleton
public class LocalTokens {

  static final Duration UNHEARD_TRUST = Duration.ofSeconds(5);

  /**
   * How long an owner is remembered as forgotten. It exceeds every operation that ends in {@link
   * #keep}.
   */
  private static final Duration REMEMBER_FORGOTTEN = Duration.ofMinutes(2);

  /**
   * The maximum number of forgotten owners, of about 150 bytes each: 1.5 MB. Beyond it, a very slow
   * read of the store may bring back a token of the oldest one.
   */
  private static final int MOST_FORGOTTEN = 10_000;

  /**
   * The heap that everything but tokens and connections needs in the documented container, in
   * bytes.
   */
  private static final long FOR_OTHERS = 48 << 20;

  /**
   * The heap that an entry retains in addition to its token and the texts of its owner, in bytes.
   * It includes the cache's own overhead.
   */
  private static final int ENTRY = 180;

  /** The heap that a name retains in addition to its characters, in bytes. */
  private static final int NAME = 60;

  private final LongAdder evicted = new LongAdder();
  private final ConcurrentMap<TokenOwner, LocalToken> tokens;
  private final AtomicLong moments = new AtomicLong();

  /** The moment at which each owner was last forgotten. */
  private final Cache<TokenOwner, Long> forgotten =
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
   * Creates a cache with a size limit.
   *
   * @param bytes the maximum that all entries retain. Beyond it the least used tokens are evicted
   *     and remain only in the store
   */
  LocalTokens(Freshness freshness, TokenStore store, long bytes) {
    this.freshness = freshness;
    this.store = store;
    this.tokens =
        Caffeine.newBuilder()
            .maximumWeight(bytes)
            .weigher((TokenOwner owner, LocalToken nearby) -> bytes(owner, nearby.token))
            .evictionListener((owner, nearby, cause) -> evicted.increment())
            .executor(Runnable::run) // Cheaper than a thread switch.
            .build()
            .asMap();
  }

  /**
   * Returns how many bytes tokens may retain: half the heap less 48 MiB, but at least an eighth.
   */
  public static long room(long heap) {
    return Math.max(heap / 8, heap / 2 - FOR_OTHERS);
  }

  /** Returns an upper estimate of the heap that a cache's entry of a token retains, in bytes. */
  public static int bytes(TokenOwner owner, AccessToken token) {
    var connection = owner.connection();
    return ENTRY
        + (NAME + owner.client().value().length())
        + (connection == null ? 0 : NAME + connection.value().length())
        + token.bytes();
  }

  /** Returns how many tokens were evicted because of the size limit since the start. */
  long evicted() {
    return evicted.sum();
  }

  /** Returns the token that may be served without reading the store, or null. */
  @Nullable LocalToken trusted(TokenOwner owner, Now now) {
    var nearby = tokens.get(owner);
    return nearby != null && nearby.isLive(now) && isTrusted(owner, nearby, now) ? nearby : null;
  }

  /** Returns a token that may still be handed out if no better one can be obtained, or null. */
  @Nullable LocalToken live(TokenOwner owner, Now now) {
    var nearby = tokens.get(owner);
    return nearby != null && nearby.isLive(now) ? nearby : null;
  }

  private boolean isTrusted(TokenOwner owner, LocalToken nearby, Now now) {
    var hearingSince = store.hearingSince();
    return (hearingSince.isPresent() && nearby.isVerifiedSince(hearingSince.get()))
        || nearby.isVerifiedWithin(UNHEARD_TRUST, now.moment())
        || !store.isUp(owner);
  }

  /** Returns the current moment for {@link #keep}. Call it before a token is looked up. */
  long moment() {
    return moments.get();
  }

  /**
   * Caches a token. It is discarded if its owner was forgotten after the lookup began. It is also
   * discarded if the cache has a live token of the same provenance that was requested later. A slow
   * read of the store must not bring back a token that has been replaced.
   *
   * @param since the {@link #moment} before the lookup
   */
  void keep(TokenOwner owner, AccessToken token, Now now, long since) {
    tokens.compute(
        owner,
        (name, before) -> isForgottenSince(since, name) ? before : newer(name, token, now, before));
  }

  private LocalToken newer(
      TokenOwner owner, AccessToken token, Now now, @Nullable LocalToken before) {
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
    return new LocalToken(kept, owner, freshness, now.moment(), before);
  }

  /** Records that the store has nothing better than the cached token. */
  void verify(TokenOwner owner, Moment now) {
    var nearby = tokens.get(owner);
    if (nearby != null) {
      nearby.verified(now);
    }
  }

  /**
   * Marks the cached token as suspect if it is {@code dead}, which another replica has replaced.
   */
  void suspect(TokenOwner owner, TokenId dead) {
    var nearby = tokens.get(owner);
    if (nearby != null && nearby.token.id().equals(dead)) {
      nearby.suspect = true;
    }
  }

  void forget(TokenOwner owner) {
    tokens.compute(
        owner,
        (name, before) -> {
          forgotten.put(name, moments.incrementAndGet());
          return null;
        });
  }

  private boolean isForgottenSince(long moment, TokenOwner owner) {
    var forgottenAt = forgotten.getIfPresent(owner);
    return forgottenAt != null && forgottenAt > moment;
  }

  /** Calls the action for each token, and removes expired tokens. */
  void forEach(Now now, BiConsumer<TokenOwner, LocalToken> action) {
    tokens.forEach(
        (owner, nearby) -> {
          if (nearby.hasEnded(now)) {
            tokens.remove(owner, nearby);
          } else {
            action.accept(owner, nearby);
          }
        });
  }

  /** Returns the cached token of an owner in whatever state; null if there is none. */
  @Nullable LocalToken get(TokenOwner owner) {
    return tokens.get(owner);
  }
}
