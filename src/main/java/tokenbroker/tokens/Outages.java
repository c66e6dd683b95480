package tokenbroker.tokens;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import org.jboss.logging.Logger;
import tokenbroker.time.Moment;
import tokenbroker.time.Ticker;

/**
 * The parts of the store, and single owners in it, that did not answer the last request. An entry
 * that nobody has called for a minute is removed when another part answers.
 */
final class Outages {

  static final Duration LEFT_ALONE = Duration.ofSeconds(1);

  private static final Duration REMEMBERED = Duration.ofMinutes(1);

  /**
   * The maximum number of entries, which exceeds the slots of a Redis cluster. Each takes about 150
   * bytes: at most 3 MB.
   */
  private static final int MOST = 20_000;

  private static final Logger LOG = Logger.getLogger(FailOpenStore.class);

  private final Ticker ticker;

  /** Until when each part or owner is not called. */
  private final Cache<Object, Moment> down;

  private volatile boolean up = true;

  Outages(Ticker ticker) {
    this.ticker = ticker;
    this.down =
        Caffeine.newBuilder()
            .maximumSize(MOST)
            .expireAfterWrite(REMEMBERED)
            .ticker(() -> ticker.now().nanos())
            .executor(Runnable::run)
            .build();
  }

  boolean isUp() {
    return up;
  }

  boolean isUp(TokenOwner owner, String part) {
    return down.getIfPresent(part) == null && down.getIfPresent(owner) == null;
  }

  boolean isLeftAlone(TokenOwner owner, String part) {
    return !up && (isLeftAlone(part) || isLeftAlone(owner));
  }

  private boolean isLeftAlone(Object what) {
    var until = down.getIfPresent(what);
    return until != null && ticker.now().isBefore(until);
  }

  synchronized void failed(Object what, StoreUnavailable fault) {
    down.put(what, ticker.now().plus(LEFT_ALONE));
    if (up) {
      up = false;
      LOG.warnf(
          "The shared store is unavailable: %s. Callers get tokens from memory, and this replica fetches other tokens by itself. It refreshes no connections until the store returns",
          fault.getMessage());
    }
  }

  void answered(TokenOwner owner, String part) {
    if (!up) {
      heal(owner, part);
    }
  }

  private synchronized void heal(TokenOwner owner, String part) {
    down.invalidate(part);
    down.invalidate(owner);
    down.cleanUp();
    if (!up && down.estimatedSize() == 0) {
      up = true;
      LOG.info("The shared store is available again");
    }
  }
}
