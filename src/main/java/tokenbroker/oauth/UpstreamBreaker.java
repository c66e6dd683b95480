package tokenbroker.oauth;

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
import tokenbroker.tokens.UpstreamHealth;

/**
 * A circuit breaker that protects an upstream that is down. It opens when {@value #ACCOUNTS}
 * different accounts have failed since the upstream last served one. A failure is a connect
 * failure, a timeout or a 5xx. Any other response counts as served and closes the breaker. An
 * account counts once, however often it fails.
 *
 * <p>Each account already backs off by itself, so the breaker matters if many accounts share an
 * upstream. While it is open:
 *
 * <ul>
 *   <li>Of the accounts that have failed, one is tried in each pause; the others are rejected. The
 *       pause is half the first backoff, but at most one second. An account therefore waits no
 *       longer than its own backoff.
 *   <li>Accounts that have not failed are tried one at a time. Accounts whose requests always fail
 *       therefore take no attempts from them. After an attempt without a response, these accounts
 *       are also rejected for a pause.
 * </ul>
 *
 * Thread-safe.
 */
public final class UpstreamBreaker {

  /** How many accounts must fail before the breaker opens. */
  public static final int ACCOUNTS = 10;

  /**
   * How many failed accounts are remembered. Any further account counts as one that has not failed.
   */
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

  private final TrialSlot ofFailed;
  private final TrialSlot ofOthers;

  /**
   * Creates a closed breaker.
   *
   * @param longestWait how long an account that has not failed waits for another account's attempt
   */
  public UpstreamBreaker(
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
    this.ofFailed = new TrialSlot(ticker.now());
    this.ofOthers = new TrialSlot(ticker.now());
    metrics.breakerOpen(upstream, false);
  }

  /**
   * Fetches, or rejects the call. Blocks for at most the longest wait, and then for as long as the
   * fetch takes.
   *
   * @param account identifies the account: the same for all its fetches, and different from all
   *     others
   */
  public FromUpstream call(String account, Supplier<FromUpstream> fetch) {
    return switch (admit(account)) {
      case Refused(var retryAfter) -> new Failed(Outage.BREAKER_OPEN, retryAfter);
      case Admitted(var turn) -> {
        var outcome = CallOutcome.UNKNOWN;
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

  /** Returns the state of the upstream, for the health data. */
  public UpstreamHealth.State state() {
    lock.lock();
    try {
      return new UpstreamHealth.State(
          failed.size(), open ? ticker.now().until(ofFailed.next) : null);
    } finally {
      lock.unlock();
    }
  }

  /** The right to call the upstream while the breaker is open. One account at a time has it. */
  private static final class TrialSlot {

    boolean taken;
    Moment next;

    TrialSlot(Moment next) {
      this.next = next;
    }
  }

  private sealed interface Admission {}

  /**
   * Permission to call the upstream.
   *
   * @param turn the turn that the call takes; null if the breaker was closed
   */
  private record Admitted(@Nullable TrialSlot turn) implements Admission {}

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
          return new Refused(pause); // An estimate: the other attempt's end is unknown.
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

  private void ended(String account, @Nullable TrialSlot turn, CallOutcome outcome) {
    lock.lock();
    try {
      switch (outcome) {
        case SERVED -> close();
        case ERROR, NO_RESPONSE -> failed(account);
        case UNKNOWN -> {}
      }
      if (turn != null) {
        turn.taken = false;
        if (turn == ofFailed || outcome == CallOutcome.NO_RESPONSE) {
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
      LOG.warnf(
          "Upstream %s is down. The broker sends only occasional requests until it responds",
          upstream);
    }
  }

  /** Closes the breaker and forgets which accounts have failed. */
  public void reset() {
    lock.lock();
    try {
      close();
      ofFailed.next = ticker.now();
      ofOthers.next = ticker.now();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void close() {
    failed.clear();
    if (open) {
      open = false;
      ofOthers.next = ticker.now();
      metrics.breakerOpen(upstream, false);
      LOG.infof("Upstream %s responds again", upstream);
    }
  }

  private enum CallOutcome {
    SERVED,
    ERROR,
    NO_RESPONSE,
    /** The fetch threw an exception, which says nothing about the upstream. */
    UNKNOWN
  }

  private static CallOutcome outcome(FromUpstream result) {
    return switch (result) {
      case Failed(Outage outage, _, _) ->
          switch (outage) {
            case CONNECT, TIMEOUT -> CallOutcome.NO_RESPONSE;
            case HTTP_5XX -> CallOutcome.ERROR;
            case HTTP_429, SERVER_ERROR, TEMPORARILY_UNAVAILABLE, BREAKER_OPEN ->
                CallOutcome.SERVED;
          };
      case Failed _, Fetched _ -> CallOutcome.SERVED;
    };
  }
}
