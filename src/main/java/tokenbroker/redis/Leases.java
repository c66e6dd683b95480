package tokenbroker.redis;

import io.micrometer.core.instrument.Counter;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.jboss.logging.Logger;
import tokenbroker.time.Ticker;
import tokenbroker.tokens.Lease;
import tokenbroker.tokens.StoreUnavailable;

/**
 * Leases in Redis: taken for a while, renewed while they are held, and never touched by anybody but
 * their owner.
 */
final class Leases {

  private static final Logger LOG = Logger.getLogger(Leases.class);

  /** So many renewals fit into a term. */
  private static final int RENEWALS = 3;

  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);

  private final RedisCommands commands;
  private final Ticker ticker;
  private final Duration term;
  private final Duration renewedEvery;
  private final Counter lost;

  /**
   * @param term how long a lease outlives a holder that died
   * @param lost counts leases that had another owner when their holder renewed them
   */
  Leases(RedisCommands commands, Ticker ticker, Duration term, Counter lost) {
    this.commands = commands;
    this.ticker = ticker;
    this.term = term;
    this.renewedEvery = term.dividedBy(RENEWALS);
    this.lost = lost;
  }

  /** Names who takes a lease. */
  static String newOwner() {
    return UUID.randomUUID().toString();
  }

  /**
   * Gives back what a request may have taken whose answer never came: it may still wait in a Redis
   * that stands still. So the lease is given back again and again, until it would have ended.
   */
  void abandon(String key, String owner) {
    Thread.ofVirtual()
        .name("abandoned lease")
        .start(
            () -> {
              var end = ticker.now().plus(term);
              for (var pause = FIRST_PAUSE; ticker.now().isBefore(end); pause = pause.plus(pause)) {
                release(key, owner);
                LockSupport.parkNanos(pause.toNanos());
              }
            });
  }

  private void release(String key, String owner) {
    commands
        .sendScript(Scripts.RELEASE, List.of(key), owner)
        .onFailure(fault -> LOG.debug("A lease was not given back and ends by itself"));
  }

  /** A lease that was taken for their term; renewed from now on. */
  Lease held(String key, String owner) {
    return new Held(key, owner);
  }

  private final class Held implements Lease {

    private final String key;
    private final String owner;
    private final Thread renewal;
    private volatile boolean closed;

    Held(String key, String owner) {
      this.key = key;
      this.owner = owner;
      this.renewal = Thread.ofVirtual().name("lease").start(this::renew);
    }

    @Override
    public void close() {
      closed = true;
      LockSupport.unpark(renewal);
      release(key, owner);
    }

    private void renew() {
      while (true) {
        var due = ticker.now().plus(renewedEvery);
        while (!closed && ticker.now().isBefore(due)) {
          LockSupport.parkNanos(ticker.now().until(due).toNanos());
        }
        if (closed || !extend()) {
          return;
        }
      }
    }

    private boolean extend() {
      try {
        var extended =
            commands.script(
                "extend", Scripts.EXTEND, List.of(key), owner, Long.toString(term.toMillis()));
        if (extended != null && extended.toInteger() == 0 && !closed) {
          lost.increment();
          return false;
        }
      } catch (StoreUnavailable e) {
        LOG.debugf("A lease could not be renewed: %s", e.getMessage());
      }
      return true;
    }
  }
}
