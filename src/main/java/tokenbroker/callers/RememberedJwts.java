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
 * A cache of JWTs whose signature was verified, for at most five minutes each. Its memory is
 * bounded: an entry uses one slot of {@value #PLACE} bytes, and a large entry uses several. So
 * there are never more entries than slots.
 */
final class RememberedJwts {

  /**
   * The size of a slot in bytes. A typical caller retains 330 bytes, or 420 if its JWT is reviewed.
   */
  static final int PLACE = 512;

  private static final Duration LONGEST = Duration.ofMinutes(5);

  /** The bytes that an entry retains besides its texts, the cache's own overhead included. */
  private static final int BARE = 320;

  /** The bytes that a text retains besides its characters. */
  private static final int TEXT = 64;

  /** The bytes that a review retains. */
  private static final int REVIEW = 104;

  /** How long the broker refuses a denied JWT without another review. */
  private static final Duration DENIED_FOR = Duration.ofSeconds(10);

  private final Cache<Digest, Entry> entries;
  private final NamedGroups named;
  private final Clock clock;
  private final Ticker ticker;

  /**
   * Creates the cache.
   *
   * @param places the maximum number of entries, and the maximum memory in units of {@value #PLACE}
   *     bytes
   */
  RememberedJwts(int places, NamedGroups named, Clock clock, Ticker ticker) {
    this.entries =
        Caffeine.newBuilder()
            .maximumWeight((long) places * PLACE)
            .weigher((Digest digest, Entry entry) -> Math.max(PLACE, entry.bytes()))
            .expireAfterWrite(LONGEST)
            .ticker(() -> ticker.now().nanos())
            .executor(Runnable::run) // Maintenance costs less than a thread switch.
            .build();
    this.named = named;
    this.clock = clock;
    this.ticker = ticker;
  }

  sealed interface Entry {

    /** Returns the memory that the entry retains, roughly; never too little. */
    int bytes();
  }

  /**
   * A JWT that is valid for a limited time.
   *
   * @param chosenBy the named groups that selected the caller's groups; null if all of the caller's
   *     groups were kept
   * @param review null if no API server reviews the JWT
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
      // Two bytes per character: a single non-Latin character makes Java store the whole string
      // that way.
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

  /**
   * A JWT that the API server denied. The broker does not ask for another review until this moment.
   */
  record Denied(Moment until) implements Entry {
    @Override
    public int bytes() {
      return BARE;
    }
  }

  /** Returns the entry of a JWT that is valid now, or null if the JWT must be verified. */
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
