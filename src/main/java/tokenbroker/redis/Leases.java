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
 * Leases in Redis. A lease is acquired for a term and extended while it is held. Only its holder
 * extends or releases it.
 */
final class Leases {

  private static final Logger LOG = Logger.getLogger(Leases.class);

  /** How many extensions fit into a term. */
  private static final int RENEWALS = 3;

  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);

  private final RedisCommands commands;
  private final Ticker ticker;
  private final Duration term;
  private final Duration renewedEvery;
  private final Counter lost;

  /**
   * Creates leases with a common term.
   *
   * @param term how long a lease outlives a holder that died
   * @param lost counts the leases that had another holder when they were extended them
   */
  Leases(RedisCommands commands, Ticker ticker, Duration term, Counter lost) {
    this.commands = commands;
    this.ticker = ticker;
    this.term = term;
    this.renewedEvery = term.dividedBy(RENEWALS);
    this.lost = lost;
  }

  /** Returns a unique name for a lease's holder. */
  static String newHolder() {
    return UUID.randomUUID().toString();
  }

  /**
   * Releases a lease that a request without a response may have acquired. The request may still
   * wait in a Redis that is stalled. The lease is therefore released repeatedly until it would have
   * expired.
   */
  void abandon(String key, String holder) {
    Thread.ofVirtual()
        .name("abandoned lease")
        .start(
            () -> {
              var end = ticker.now().plus(term);
              for (var pause = FIRST_PAUSE; ticker.now().isBefore(end); pause = pause.plus(pause)) {
                release(key, holder);
                LockSupport.parkNanos(pause.toNanos());
              }
            });
  }

  private void release(String key, String holder) {
    commands
        .sendScript(Scripts.RELEASE, List.of(key), holder)
        .onFailure(fault -> LOG.debug("A lease was not released and will expire"));
  }

  /** Returns a lease that was acquired for the term, and extends it from now on. */
  Lease held(String key, String holder) {
    return new HeldLease(key, holder);
  }

  private final class HeldLease implements Lease {

    private final String key;
    private final String holder;
    private final Thread renewal;
    private volatile boolean closed;

    HeldLease(String key, String holder) {
      this.key = key;
      this.holder = holder;
      this.renewal = Thread.ofVirtual().name("lease").start(this::renew);
    }

    @Override
    public void close() {
      closed = true;
      LockSupport.unpark(renewal);
      release(key, holder);
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
                "extend", Scripts.EXTEND, List.of(key), holder, Long.toString(term.toMillis()));
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
