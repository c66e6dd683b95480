package tokenbroker.redis;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.time.Instant;
import tokenbroker.tokens.Lifespan;

/**
 * The versions of stored tokens that this replica has seen. A version is sealed with its token.
 * Nobody can restore an older token unnoticed by a replica that has seen a newer one.
 *
 * <p>Versions are a hybrid logical clock. A version is above all versions seen, and at least the
 * wall clock's milliseconds. Different clocks, or a Redis that lost everything, therefore put
 * tokens into a wrong order only briefly.
 */
final class TokenVersions {

  /** The maximum number of versions, of about 300 bytes each: 3 MB. */
  private static final int MOST = 10_000;

  /** How long a version is remembered: at least as long as its token can live. */
  private static final Duration REMEMBERED = Lifespan.LONGEST.plus(SealedValues.CLOCK_TOLERANCE);

  private final Cache<String, Long> newest =
      Caffeine.newBuilder()
          .maximumSize(MOST)
          .expireAfterWrite(REMEMBERED)
          .executor(Runnable::run)
          .build();

  /** Returns a version above all that were seen. */
  long next(String key, Instant now) {
    var before = newest.getIfPresent(key);
    return before == null ? now.toEpochMilli() : Math.max(before + 1, now.toEpochMilli());
  }

  /** Returns false if a newer version was seen before. */
  boolean seen(String key, long version) {
    return newest.asMap().merge(key, version, Math::max) == version;
  }
}
