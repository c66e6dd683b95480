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
import tokenbroker.tokens.FailureCause.Outage;
import tokenbroker.tokens.FetchResult;
import tokenbroker.tokens.FetchResult.Failed;
import tokenbroker.tokens.FetchResult.Fetched;
import tokenbroker.tokens.TokenOwner;
import tokenbroker.tokens.TokenSource;

/**
 * A source of tokens for connections. A {@link Renewal} continues after its callers have given up,
 * because its refresh token is used up. The token that arrives late serves later callers.
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
  private final Map<TokenOwner, UnderWay> underWay = new ConcurrentHashMap<>();
  private volatile BiConsumer<TokenOwner, AccessToken> lateListener = (owner, token) -> {};

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

  /** A renewal, and whether its caller has given up. */
  private static final class UnderWay extends CompletableFuture<FetchResult> {
    private volatile boolean abandoned;
  }

  /** Waits at most for the upstream's time limit; the renewal continues after that. */
  @Override
  public FetchResult fetch(Client client, TokenOwner owner, String seenGrant) {
    var renewal = underWay.computeIfAbsent(owner, it -> begin(client, it, seenGrant));
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
      throw new IllegalStateException("a refresh of " + owner + " failed", e.getCause());
    }
  }

  private UnderWay begin(Client client, TokenOwner owner, String seenGrant) {
    var renewal = new UnderWay();
    var work = new Renewal(client, owner, seenGrant, grants, store, rotations, records);
    THREADS.newThread(() -> run(renewal, work, owner)).start();
    return renewal;
  }

  private void run(UnderWay renewal, Renewal work, TokenOwner owner) {
    try {
      var result = work.run();
      underWay.remove(owner, renewal);
      renewal.complete(result);
      if (renewal.abandoned && result instanceof Fetched(var token, _, var whenKept)) {
        lateListener.accept(owner, token);
        whenKept.run();
      }
    } catch (RuntimeException | Error e) { // The waiting caller must not hang.
      underWay.remove(owner, renewal);
      renewal.completeExceptionally(e);
      if (renewal.abandoned) { // Else the waiting caller logs it.
        LOG.errorf("A refresh of %s failed unexpectedly: %s", owner, e.getClass().getName());
      }
    }
  }

  /** Waits for a bounded time for the renewals in progress. Each has used up a refresh token. */
  void finish() {
    try {
      CompletableFuture.allOf(underWay.values().toArray(CompletableFuture[]::new))
          .get(timeLimit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException | ExecutionException e) {
      LOG.warn("The broker exits although some refreshes of connections have not finished");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Registers the listener for tokens whose callers have given up. It is called after the store has
   * the refresh token that came with them.
   */
  void onLate(BiConsumer<TokenOwner, AccessToken> listener) {
    lateListener = listener;
  }

  /** Offers the store again what it could not take before. Called each second. */
  void settle() {
    rotations.settleAll(lateListener);
  }

  /** Returns how many refresh tokens only this process holds. */
  int waiting() {
    return rotations.waiting();
  }
}
