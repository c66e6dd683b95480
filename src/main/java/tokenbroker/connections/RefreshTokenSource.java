package tokenbroker.connections;

import jakarta.enterprise.inject.Typed;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import tokenbroker.clients.Client;
import tokenbroker.config.BrokerConfig;
import tokenbroker.connections.Connection.State;
import tokenbroker.connections.ConnectionStore.Held;
import tokenbroker.tokens.AccessToken;
import tokenbroker.tokens.Account;
import tokenbroker.tokens.FetchResult;
import tokenbroker.tokens.FetchResult.Fetched;
import tokenbroker.tokens.FetchResult.FromUpstream;
import tokenbroker.tokens.FetchResult.Gone;
import tokenbroker.tokens.FetchResult.InvalidResponse;
import tokenbroker.tokens.FetchResult.ReconnectRequired;
import tokenbroker.tokens.FetchResult.Rejected;
import tokenbroker.tokens.FetchResult.TimedOut;
import tokenbroker.tokens.FetchResult.Unavailable;
import tokenbroker.tokens.OAuthError;
import tokenbroker.tokens.RefreshToken;
import tokenbroker.tokens.StoreUnavailable;
import tokenbroker.tokens.TokenSource;

/**
 * Tokens of connections: each costs the refresh token, which TrackMage replaces at every use and
 * without any grace. So
 *
 * <ol>
 *   <li>it is used under the account's lease, which the core holds;
 *   <li>what replaces it is stored before the access token is handed on;
 *   <li>its answer is listened to for longer than any caller waits;
 *   <li>an answer that was lost on the way is asked for once more with the old one;
 *   <li>only the upstream's own {@code invalid_grant}, for the one that is stored, ends a
 *       connection.
 * </ol>
 */
@Singleton
@Typed(RefreshTokenSource.class)
public class RefreshTokenSource implements TokenSource {

  private static final Logger LOG = Logger.getLogger(RefreshTokenSource.class);

  private final UserGrants grants;
  private final ConnectionStore store;
  private final Rotations rotations;
  private final ConnectionRecords records;
  private final Duration timeLimit;
  private final Map<Account, Renewal> underWay = new ConcurrentHashMap<>();
  private volatile BiConsumer<Account, AccessToken> lateListener = (account, token) -> {};

  RefreshTokenSource(
      UserGrants grants, ConnectionStore store, ConnectionRecords records, BrokerConfig config) {
    this.grants = grants;
    this.store = store;
    this.rotations = new Rotations(store);
    this.records = records;
    this.timeLimit = config.upstream().timeout();
  }

  /** A renewal that goes on when nobody waits for it any more. */
  private static final class Renewal extends CompletableFuture<FetchResult> {
    private volatile boolean abandoned;
  }

  @Override
  public FetchResult fetch(Client client, Account account) {
    var renewal = underWay.computeIfAbsent(account, it -> begin(client, it));
    try {
      return renewal.get(timeLimit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      renewal.abandoned = true;
      return renewal.getNow(new TimedOut());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      renewal.abandoned = true;
      return new TimedOut();
    } catch (ExecutionException e) {
      throw new IllegalStateException("a renewal of " + account + " failed", e.getCause());
    }
  }

  private Renewal begin(Client client, Account account) {
    var renewal = new Renewal();
    Thread.ofVirtual()
        .name("renewal ", 0)
        .start(
            () -> {
              try {
                var result = renewed(client, account);
                renewal.complete(result);
                if (renewal.abandoned && result instanceof Fetched(var token, _)) {
                  lateListener.accept(account, token);
                }
              } catch (RuntimeException | Error e) {
                renewal.completeExceptionally(e);
                if (renewal.abandoned) { // Else whoever waits says so.
                  LOG.errorf(e, "A renewal of %s failed", account);
                }
              } finally {
                underWay.remove(account, renewal);
              }
            });
    return renewal;
  }

  private FetchResult renewed(Client client, Account account) {
    try {
      var settled = rotations.settle(account);
      if (settled != null) {
        return new Fetched(settled);
      }
      var held = store.find(account).orElse(null);
      return held == null ? new Gone() : renew(client, account, held, true);
    } catch (StoreUnavailable e) {
      return new Unavailable(ConnectionStore.UNAVAILABLE, null);
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

  /**
   * @param again whether another refresh token may be tried where this one was replaced meanwhile
   */
  private FetchResult renew(Client client, Account account, Held held, boolean again) {
    if (held.connection().state() == State.RECONNECT_REQUIRED) {
      return new ReconnectRequired();
    }
    return switch (refreshed(client, held.refreshToken())) {
      case Fetched(var token, var next) -> stored(account, held, token, next);
      case Rejected(var error) when error == OAuthError.INVALID_GRANT ->
          refused(client, account, held, again);
      case FromUpstream other -> other;
    };
  }

  /** Twice where it may be that only the answer was lost: then the first refresh was the last. */
  private FromUpstream refreshed(Client client, RefreshToken token) {
    var first = grants.refresh(client, token);
    return mayBeLost(first) ? grants.refresh(client, token) : first;
  }

  /** After a time-out nobody waits any more: the next attempt asks again. */
  private static boolean mayBeLost(FromUpstream result) {
    return switch (result) {
      case InvalidResponse _ -> true;
      case Unavailable(var reason, _) -> reason.equals("connect");
      case Fetched _, Rejected _, TimedOut _ -> false;
    };
  }

  private FetchResult stored(
      Account account, Held held, AccessToken token, @Nullable RefreshToken next) {
    var connection = held.connection().until(token.expiresAt());
    var rotation = store.rotation(account, connection, next == null ? held.refreshToken() : next);
    if (!rotations.save(account, held.revision(), rotation, token)
        && store.find(account).isEmpty()) {
      return new Gone();
    }
    records.refreshed(account, token.id());
    return new Fetched(token);
  }

  private FetchResult refused(Client client, Account account, Held used, boolean again) {
    var now = store.find(account).orElse(null);
    if (now == null) {
      return new Gone();
    }
    if (again && !now.revision().equals(used.revision())) {
      return renew(client, account, now, false);
    }
    if (!store.end(account, used.revision())) {
      return new Unavailable("superseded", null);
    }
    records.ended(account);
    return new ReconnectRequired();
  }
}
