package tokenbroker.http;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import tokenbroker.callers.Caller;
import tokenbroker.config.BrokerConfig;
import tokenbroker.time.Ticker;

/**
 * How many requests one caller may make of this replica: a rate, and a burst before the rate counts
 * (the generic cell rate algorithm: one instant per caller says when all that it asked for so far
 * would have been due).
 */
@ApplicationScoped
class RateLimits {

  private static final int CALLERS = 10_000;

  /**
   * The size of a place in bytes: one caller has one, and several if its subject is long. So the
   * limits of all callers retain 2.6 MB at most.
   */
  static final int PLACE = 256;

  /** What an entry retains beside its subject, with all that the cache keeps for it, in bytes. */
  private static final int BARE = 192;

  private final long nanosPerRequest;
  private final long burstNanos;
  private final Ticker ticker;
  private final Cache<Key, AtomicLong> dueByCaller;

  @Inject
  RateLimits(BrokerConfig config, Ticker ticker) {
    this(config.callers().rateLimit(), config.callers().burst(), ticker);
  }

  RateLimits(int perSecond, int burst, Ticker ticker) {
    this.nanosPerRequest = perSecond == 0 ? 0 : Duration.ofSeconds(1).toNanos() / perSecond;
    this.burstNanos = nanosPerRequest * burst;
    this.ticker = ticker;
    this.dueByCaller =
        Caffeine.newBuilder()
            .maximumWeight((long) CALLERS * PLACE)
            .weigher((Key key, AtomicLong due) -> Math.max(PLACE, key.bytes()))
            .expireAfterAccess(
                Duration.ofNanos(Math.max(burstNanos, Duration.ofMinutes(1).toNanos())))
            .executor(Runnable::run) // Its upkeep is less than a change of threads.
            .build();
  }

  /** Counts a request. Zero where it is within the limit, else how long until the next one is. */
  Duration waitFor(Caller caller) {
    if (nanosPerRequest == 0) {
      return Duration.ZERO;
    }
    var due =
        dueByCaller.get(
            new Key(caller.issuer(), caller.subject()),
            key -> new AtomicLong(ticker.now().nanos()));
    var now = ticker.now().nanos();
    while (true) {
      var before = due.get();
      var next = (before - now > 0 ? before : now) + nanosPerRequest;
      if (next - now > burstNanos) {
        return Duration.ofNanos(next - now - burstNanos);
      }
      if (due.compareAndSet(before, next)) {
        return Duration.ZERO;
      }
    }
  }

  private record Key(String issuer, String subject) {

    /** Two bytes a character, since one that is not Latin makes all of its text so. */
    int bytes() {
      return BARE + 2 * subject.length();
    }
  }
}
