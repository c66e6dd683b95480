package tokenbroker.callers;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tokenbroker.time.Moment;
import tokenbroker.time.Ticker;

/**
 * What is known of JWTs whose signature was verified, for five minutes at most. It is bounded by
 * memory: an entry takes a place of {@value #PLACE} bytes, and a large one takes several. So there
 * are at most as many entries as places.
 */
final class RememberedJwts {

  /** The size of a place in bytes. A usual caller retains 330, and 420 if it is reviewed. */
  static final int PLACE = 512;

  private static final Duration LONGEST = Duration.ofMinutes(5);

  /** What an entry retains beside its texts, with all that the cache keeps for it, in bytes. */
  private static final int BARE = 320;

  /** What a text retains beside its characters. */
  private static final int TEXT = 64;

  /** What a review retains. */
  private static final int REVIEW = 104;

  /** So long a JWT that the API server denied is refused without another review. */
  private static final Duration DENIED_FOR = Duration.ofSeconds(10);

  private final Cache<Digest, Entry> entries;
  private final NamedGroups named;
  private final Clock clock;
  private final Ticker ticker;

  /**
   * Makes a cache.
   *
   * @param places the largest number of entries, and the largest memory in {@value #PLACE} bytes
   */
  RememberedJwts(int places, NamedGroups named, Clock clock, Ticker ticker) {
    this.entries =
        Caffeine.newBuilder()
            .maximumWeight((long) places * PLACE)
            .weigher((Digest digest, Entry entry) -> Math.max(PLACE, entry.bytes()))
            .expireAfterWrite(LONGEST)
            .ticker(() -> ticker.now().nanos())
            .executor(Runnable::run) // Its upkeep is less than a change of threads.
            .build();
    this.named = named;
    this.clock = clock;
    this.ticker = ticker;
  }

  sealed interface Entry {

    /** About how much memory the entry retains, and not less. */
    int bytes();
  }

  /**
   * A JWT that is good, for a while.
   *
   * @param chosenBy the named groups by which the caller's groups were chosen; null if all of the
   *     caller's groups were kept
   * @param review null if nobody reviews the JWT
   */
  record Good(
      Caller caller,
      IssuerKey key,
      Instant expiresAt,
      @Nullable Set<CallerRule.Group> chosenBy,
      @Nullable JwtReview review)
      implements Entry {

    @Override
    public int bytes() {
      // Two bytes a character, since one that is not Latin makes all of its text so.
      var characters = caller.subject().length();
      for (var group : caller.groups()) {
        characters += group.length();
      }
      var texts = caller.groups().size();
      if (caller.jwtId() != null) {
        characters += caller.jwtId().length();
        texts++;
      }
      return BARE + (review == null ? 0 : REVIEW) + TEXT * texts + 2 * characters;
    }
  }

  /** A JWT that the API server denied. It is not asked again until then. */
  record Denied(Moment until) implements Entry {
    @Override
    public int bytes() {
      return BARE;
    }
  }

  /** Returns what is known of a JWT that is good now; null if it must be verified. */
  @Nullable Good good(Digest digest) {
    return entries.getIfPresent(digest) instanceof Good good && isGood(good) ? good : null;
  }

  private boolean isGood(Good good) {
    return good.key.inForce
        && clock.instant().isBefore(good.expiresAt)
        && (good.chosenBy == null || good.chosenBy.equals(named.namedGroups()))
        && (good.review == null || good.review.counts());
  }

  boolean isDenied(Digest digest) {
    return entries.getIfPresent(digest) instanceof Denied(var until)
        && ticker.now().isBefore(until);
  }

  void put(Digest digest, Good good) {
    entries.put(digest, good);
  }

  void deny(Digest digest) {
    entries.put(digest, new Denied(ticker.now().plus(DENIED_FOR)));
  }
}
