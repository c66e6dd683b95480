package tokenbroker.connections;

import jakarta.enterprise.inject.Typed;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import org.jboss.logging.Logger;
import tokenbroker.clients.Client;
import tokenbroker.config.BrokerConfig;
import tokenbroker.tokens.AccessToken;
import tokenbroker.tokens.Account;
import tokenbroker.tokens.FailureCause.Outage;
import tokenbroker.tokens.FetchResult;
import tokenbroker.tokens.FetchResult.Failed;
import tokenbroker.tokens.FetchResult.Fetched;
import tokenbroker.tokens.TokenSource;

/**
 * Tokens of connections. A {@link Renewal} goes on when nobody waits for it any more: its refresh
 * token is used up, and what it brings late serves the next one.
 */
@Singleton
@Typed(RefreshTokenSource.class)
public class RefreshTokenSource implements TokenSource {

  private static final Logger LOG = Logger.getLogger(RefreshTokenSource.class);
  private static final ThreadFactory THREADS = Thread.ofVirtual().name("renewal ", 0).factory();

  private final AuthorizationCodeClient grants;
  private final ConnectionStore store;
  private final UnsavedRefreshTokens rotations;
  private final ConnectionEvents records;
  private final Duration timeLimit;
  private final Map<Account, UnderWay> underWay = new ConcurrentHashMap<>();
  private volatile BiConsumer<Account, AccessToken> lateListener = (account, token) -> {};

  RefreshTokenSource(
      AuthorizationCodeClient grants,
      ConnectionStore store,
      ConnectionEvents records,
      BrokerConfig config) {
    this.grants = grants;
    this.store = store;
    this.rotations = new UnsavedRefreshTokens(store);
    this.records = records;
    this.timeLimit = config.upstream().timeout();
  }

  /** A renewal, and whether somebody still waits for it. */
  private static final class UnderWay extends CompletableFuture<FetchResult> {
    private volatile boolean abandoned;
  }

  /** Waits for the time limit of the upstream at most; the renewal goes on after it. */
  @Override
  public FetchResult fetch(Client client, Account account, String seenGrant) {
    var renewal = underWay.computeIfAbsent(account, it -> begin(client, it, seenGrant));
    try {
      return renewal.get(timeLimit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      renewal.abandoned = true;
      return renewal.isDone() ? renewal.join() : new Failed(Outage.TIMEOUT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      renewal.abandoned = true;
      return new Failed(Outage.TIMEOUT);
    } catch (ExecutionException e) {
      throw new IllegalStateException("a renewal of " + account + " failed", e.getCause());
    }
  }

  private UnderWay begin(Client client, Account account, String seenGrant) {
    var renewal = new UnderWay();
    var work = new Renewal(client, account, seenGrant, grants, store, rotations, records);
    THREADS.newThread(() -> run(renewal, work, account)).start();
    return renewal;
  }

  private void run(UnderWay renewal, Renewal work, Account account) {
    try {
      var result = work.run();
      underWay.remove(account, renewal);
      renewal.complete(result);
      if (renewal.abandoned && result instanceof Fetched(var token, _, var whenKept)) {
        lateListener.accept(account, token);
        whenKept.run();
      }
    } catch (RuntimeException | Error e) { // Whoever waits must not hang.
      underWay.remove(account, renewal);
      renewal.completeExceptionally(e);
      if (renewal.abandoned) { // Else whoever waits says so.
        LOG.errorf("A renewal of %s broke: %s", account, e.getClass().getName());
      }
    }
  }

  /** Waits, for a bounded time, for the renewals under way: each has used a refresh token up. */
  void finish() {
    try {
      CompletableFuture.allOf(underWay.values().toArray(CompletableFuture[]::new))
          .get(timeLimit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException | ExecutionException e) {
      LOG.warn("Not every renewal ended well before the process does");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Tells of each token that nobody waits for any more, when the store has the refresh token that
   * came along.
   */
  void onLate(BiConsumer<Account, AccessToken> listener) {
    lateListener = listener;
  }

  /** Offers the store what it could not take when it came. Called each second. */
  void settle() {
    rotations.settleAll(lateListener);
  }

  /** Refresh tokens that only this process holds. */
  int waiting() {
    return rotations.waiting();
  }
}
