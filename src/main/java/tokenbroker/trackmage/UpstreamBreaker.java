package tokenbroker.trackmage;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import tokenbroker.time.Moment;
import tokenbroker.time.Ticker;
import tokenbroker.tokens.FailureCause.Outage;
import tokenbroker.tokens.FetchResult.Failed;
import tokenbroker.tokens.FetchResult.Fetched;
import tokenbroker.tokens.FetchResult.FromUpstream;

/**
 * Spares an upstream that is down. It opens when {@value #ACCOUNTS} different accounts have failed
 * since the upstream last served one. A failure is a connect failure, a time-out or a 5xx; any
 * other response serves, and closes the breaker. However often one account fails, it counts once.
 *
 * <p>Each account already backs off by itself, so the breaker matters where many accounts share an
 * upstream. While it is open:
 *
 * <ul>
 *   <li>Of the accounts that have failed, one is tried in each pause. The others are refused. The
 *       pause is half the first back-off, one second at most, so nobody waits longer than by its
 *       own back-off.
 *   <li>Accounts that have not failed are tried one after the other, so that accounts which the
 *       upstream fails for good take it from nobody. After one that got no response they are
 *       refused for a pause, too.
 * </ul>
 *
 * Thread-safe.
 */
final class UpstreamBreaker {

  /** So many accounts fail before the breaker opens. */
  static final int ACCOUNTS = 10;

  /** So many are remembered. An account beyond that counts as one that has not failed. */
  private static final int MOST_REMEMBERED = 10_000;

  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);
  private static final Logger LOG = Logger.getLogger(UpstreamBreaker.class);

  private final String upstream;
  private final Duration pause;
  private final Duration longestWait;
  private final UpstreamMetrics metrics;
  private final Ticker ticker;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  /** The accounts that have failed since the upstream last served one. Guarded by the lock. */
  private final Set<String> failed = new LinkedHashSet<>();

  private boolean open;

  private final Turn ofFailed;
  private final Turn ofOthers;

  /**
   * Makes a closed breaker.
   *
   * @param longestWait how long an account that has not failed waits for another one
   */
  UpstreamBreaker(
      String upstream,
      Duration firstBackoff,
      Duration longestWait,
      UpstreamMetrics metrics,
      Ticker ticker) {
    this.upstream = upstream;
    var half = firstBackoff.dividedBy(2);
    this.pause = half.compareTo(LONGEST_PAUSE) < 0 ? half : LONGEST_PAUSE;
    this.longestWait = longestWait;
    this.metrics = metrics;
    this.ticker = ticker;
    this.ofFailed = new Turn(ticker.now());
    this.ofOthers = new Turn(ticker.now());
    metrics.breakerOpen(upstream, false);
  }

  /**
   * Fetches, or refuses to. Blocks for the longest wait at most, and then for as long as the fetch.
   *
   * @param account what is the same for all fetches of one account, and for no others
   */
  FromUpstream call(String account, Supplier<FromUpstream> fetch) {
    return switch (admit(account)) {
      case Refused(var retryAfter) -> new Failed(Outage.BREAKER_OPEN, retryAfter);
      case Admitted(var turn) -> {
        var outcome = Outcome.UNKNOWN;
        try {
          var result = fetch.get();
          outcome = outcome(result);
          yield result;
        } finally {
          ended(account, turn, outcome);
        }
      }
    };
  }

  /** Whose turn it is while the breaker is open: one account's at a time. */
  private static final class Turn {

    boolean taken;
    Moment next;

    Turn(Moment next) {
      this.next = next;
    }
  }

  private sealed interface Admission {}

  /**
   * @param turn what it takes; null if the breaker was closed
   */
  private record Admitted(@Nullable Turn turn) implements Admission {}

  private record Refused(Duration retryAfter) implements Admission {}

  private Admission admit(String account) {
    lock.lock();
    try {
      var wait = longestWait.toNanos();
      while (open) {
        var now = ticker.now();
        var hasFailed = failed.contains(account);
        var turn = hasFailed ? ofFailed : ofOthers;
        if (now.isBefore(turn.next)) {
          return new Refused(now.until(turn.next));
        }
        if (!turn.taken) {
          turn.taken = true;
          return new Admitted(turn);
        }
        if (hasFailed || wait <= 0) {
          return new Refused(pause); // A guess: nobody knows when that one ends.
        }
        wait = changed.awaitNanos(wait);
      }
      return new Admitted(null);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Refused(pause);
    } finally {
      lock.unlock();
    }
  }

  private void ended(String account, @Nullable Turn turn, Outcome outcome) {
    lock.lock();
    try {
      switch (outcome) {
        case SERVED -> close();
        case ERROR, NO_RESPONSE -> failed(account);
        case UNKNOWN -> {}
      }
      if (turn != null) {
        turn.taken = false;
        if (turn == ofFailed || outcome == Outcome.NO_RESPONSE) {
          turn.next = ticker.now().plus(pause);
        }
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void failed(String account) {
    if (failed.size() < MOST_REMEMBERED) {
      failed.add(account);
    }
    if (!open && failed.size() >= ACCOUNTS) {
      open = true;
      ofFailed.next = ticker.now().plus(pause);
      metrics.breakerOpen(upstream, true);
      LOG.warnf("Upstream %s is down: it is tried again now and then", upstream);
    }
  }

  private void close() {
    failed.clear();
    if (open) {
      open = false;
      ofOthers.next = ticker.now();
      metrics.breakerOpen(upstream, false);
      LOG.infof("Upstream %s answers again", upstream);
    }
  }

  private enum Outcome {
    SERVED,
    ERROR,
    NO_RESPONSE,
    /** The fetch broke, which says nothing about the upstream. */
    UNKNOWN
  }

  private static Outcome outcome(FromUpstream result) {
    return switch (result) {
      case Failed(Outage outage, _) ->
          switch (outage) {
            case CONNECT, TIMEOUT -> Outcome.NO_RESPONSE;
            case HTTP_5XX -> Outcome.ERROR;
            case HTTP_429, SERVER_ERROR, TEMPORARILY_UNAVAILABLE, BREAKER_OPEN -> Outcome.SERVED;
          };
      case Failed _, Fetched _ -> Outcome.SERVED;
    };
  }
}
