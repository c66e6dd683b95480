package tokenbroker.http;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import tokenbroker.callers.Caller;
import tokenbroker.config.BrokerConfig;
import tokenbroker.time.Ticker;

/**
 * The limit on the requests of one caller to this replica: a rate, and a burst that may exceed it.
 * This is the generic cell rate algorithm. One instant per caller records when all of its requests
 * so far would have been due.
 */
@Singleton
public class RateLimits {

  private static final int CALLERS = 10_000;

  /**
   * The weight of one cache slot, in bytes. A caller uses one slot, or the weight of several if its
   * subject is long. So the limits of all callers retain at most 2.6 MB.
   */
  static final int PLACE = 256;

  /** The bytes that an entry retains besides its subject, the cache's own overhead included. */
  private static final int BARE = 192;

  private final long nanosPerRequest;
  private final long burstNanos;
  private final Ticker ticker;
  private final Cache<CallerKey, AtomicLong> dueByCaller;

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
            .weigher((CallerKey key, AtomicLong due) -> Math.max(PLACE, key.bytes()))
            .expireAfterAccess(
                Duration.ofNanos(Math.max(burstNanos, Duration.ofMinutes(1).toNanos())))
            .executor(Runnable::run) // Maintenance costs less than a thread switch.
            .build();
  }

  /**
   * Counts a request. Returns zero if it is within the limit, else the time until the next request
   * is allowed.
   */
  Duration waitFor(Caller caller) {
    if (nanosPerRequest == 0) {
      return Duration.ZERO;
    }
    var due =
        dueByCaller.get(
            new CallerKey(caller.issuer(), caller.subject()),
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

  /** Forgets all requests so far. */
  public void reset() {
    dueByCaller.invalidateAll();
  }

  private record CallerKey(String issuer, String subject) {

    /**
     * Returns the retained size in bytes. It assumes two bytes per character, because a single
     * non-Latin character makes Java store the whole string that way.
     */
    int bytes() {
      return BARE + 2 * subject.length();
    }
  }
}
