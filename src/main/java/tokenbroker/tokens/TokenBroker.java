package tokenbroker.tokens;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import tokenbroker.clients.Client;
import tokenbroker.config.BrokerConfig;
import tokenbroker.tokens.Need.FetchedWith;
import tokenbroker.tokens.Need.MinTtl;
import tokenbroker.tokens.Need.OtherThan;
import tokenbroker.tokens.Need.Renewed;
import tokenbroker.tokens.Need.Usable;
import tokenbroker.tokens.TokenResult.Issued;
import tokenbroker.tokens.TokenResult.Origin;
import tokenbroker.tokens.TokenStore.Revision;

/**
 * Live tokens for clients. {@link #nearby} is the hit path: no lock, no I/O, no thread change. What
 * gives no future may block, and wants a virtual thread.
 */
@Singleton
public class TokenBroker {

  /** For those who gave up on a fetch that goes on. */
  private static final Duration RETRY_LATE = Duration.ofSeconds(1);

  private final NearbyTokens nearby;
  private final FetchThroughStore throughStore;
  private final TokenStore store;
  private final Freshness freshness;
  private final KnownFailures failures;
  private final TokenMetrics metrics;
  private final Clock clock;
  private final Duration upstreamTimeout;
  private final SingleFlight<FlightKey, TokenResult> flights = new SingleFlight<>();

  TokenBroker(
      NearbyTokens nearby,
      FetchThroughStore throughStore,
      TokenStore store,
      Freshness freshness,
      KnownFailures failures,
      TokenMetrics metrics,
      Clock clock,
      BrokerConfig config) {
    this.nearby = nearby;
    this.throughStore = throughStore;
    this.store = store;
    this.freshness = freshness;
    this.failures = failures;
    this.metrics = metrics;
    this.clock = clock;
    this.upstreamTimeout = config.upstream().timeout();
  }

  /** The token in hand, where it meets the need; null where it must be asked for. Never blocks. */
  public @Nullable Issued nearby(Account account, Need need) {
    var now = clock.instant();
    var token = nearby.trusted(account, now);
    if (token == null || !need.isMetBy(token.token, account, freshness, now)) {
      return null;
    }
    token.used(now);
    return issued(token.token, Origin.NEARBY, need);
  }

  /**
   * A token that meets the need. Where none can be had, the best live one, and only without that
   * the failure. Does not block, nor does it wait longer than this caller will.
   */
  public CompletableFuture<TokenResult> tokenFor(
      Client client, Account account, Need need, Duration wait) {
    var hit = nearby(account, need);
    return hit != null
        ? CompletableFuture.completedFuture(hit)
        : flight(client, account, need, wait)
            .copy()
            .completeOnTimeout(
                new TokenResult.TimedOut(RETRY_LATE), wait.toNanos(), TimeUnit.NANOSECONDS)
            .thenApply(result -> used(account, need, orTheLiveOne(account, result)));
  }

  /** The upstream refused {@code dead}: replaces it where it still is the token that is served. */
  public Invalidation invalidate(Client client, Account account, TokenId dead, Duration wait) {
    var newer = newerThan(dead, account);
    if (newer != null) {
      metrics.invalidation(client.name(), "already_replaced");
      return new Invalidation(newer, false);
    }
    if (nothingLive(account)) {
      return new Invalidation(tokenFor(client, account, new Usable(), wait).join(), false);
    }
    var result = fetched(client, account, new OtherThan(dead), wait);
    if (result instanceof TokenResult.TooSoon) {
      metrics.invalidation(client.name(), "throttled");
      return new Invalidation(result, false);
    }
    var replaced = result instanceof Issued(var token, _, _) && !token.id().equals(dead);
    metrics.invalidation(client.name(), replaced ? "applied" : "failed");
    return new Invalidation(orTheLiveOne(account, result), replaced);
  }

  /** How a client fares. One look at the store. */
  public ClientStatus status(Client client) {
    var account = Account.of(client.name());
    var stored = store.look(account);
    var now = clock.instant();
    var live = nearby.live(account, now);
    var token = live == null ? stored.token() : live.token;
    return ClientStatus.of(
        token != null && freshness.isUsable(token, now) ? token : null,
        FetchThroughStore.failureOf(client, stored));
  }

  /** Renews the token in hand in the background's own time, where no other replica has done so. */
  TokenResult renew(Client client, Account account) {
    return fetched(client, account, new Renewed(), upstreamTimeout.multipliedBy(3));
  }

  /**
   * Fetches with the client's credentials, whatever is known of others; the token that proves them
   * is served.
   */
  TokenResult tryCredentials(Client candidate) {
    var version = candidate.credentials().orElseThrow().version();
    return fetched(
        candidate,
        Account.of(candidate.name()),
        new FetchedWith(version),
        upstreamTimeout.multipliedBy(3));
  }

  /**
   * Reads the store again and serves what it holds from now on; what is nearby stays where the
   * store has nothing.
   */
  void readAgain(Account account) {
    var begun = nearby.moment();
    var stored = store.look(account);
    var token = stored.token();
    var now = clock.instant();
    if (stored.gone()) {
      nearby.forget(account);
    } else if (token != null && freshness.isUsable(token, now)) {
      nearby.keep(account, token, now, begun);
      metrics.kept(account, token, freshness.usableUntil(token), false);
    } else if (!stored.revision().equals(Revision.UNKNOWN)) {
      nearby.verify(account, now);
    }
  }

  /**
   * A token that came otherwise, as a new connection's does: it is served from now on, unless its
   * connection is gone.
   */
  public void serve(Account account, AccessToken token) {
    var begun = nearby.moment();
    failures.clear(account);
    var news = Announcement.of(Announcement.Kind.RENEWED, account);
    if (store.keep(account, token, Revision.UNKNOWN, news)) {
      nearby.keep(account, token, clock.instant(), begun);
    } else {
      nearby.forget(account);
    }
  }

  /**
   * Forgets a client that is no longer configured, or a connection that is no more, here and in the
   * store.
   */
  public void forget(Account account) {
    nearby.forget(account);
    failures.clear(account);
    store.forget(account);
  }

  private Flight<TokenResult> flight(Client client, Account account, Need need, Duration wait) {
    var flight =
        flights.join(
            new FlightKey(account, need), own -> throughStore.fetch(client, account, need, own));
    flight.waitNoLongerThan(clock.instant().plus(wait).minus(timeForAFetch(wait)));
    return flight;
  }

  private TokenResult fetched(Client client, Account account, Need need, Duration wait) {
    try {
      return flight(client, account, need, wait).get(wait.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return new TokenResult.TimedOut(RETRY_LATE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new TokenResult.TimedOut(RETRY_LATE);
    } catch (ExecutionException e) {
      throw new IllegalStateException("a fetch for " + account + " failed", e.getCause());
    }
  }

  /**
   * Kept back from a caller's wait, so that it can still fetch by itself when another's fetch does
   * not end.
   */
  private Duration timeForAFetch(Duration wait) {
    return (wait.compareTo(upstreamTimeout) < 0 ? wait : upstreamTimeout).dividedBy(2);
  }

  private TokenResult orTheLiveOne(Account account, TokenResult result) {
    if (result instanceof Issued || result instanceof TokenResult.Gone) {
      return result;
    }
    var live = nearby.live(account, clock.instant());
    return live == null ? result : new Issued(live.token, Origin.NEARBY);
  }

  private TokenResult used(Account account, Need need, TokenResult result) {
    if (!(result instanceof Issued(var token, var origin, _))) {
      return result;
    }
    var now = clock.instant();
    if (!freshness.isUsable(token, now)) {
      return new TokenResult.TimedOut(Duration.ZERO);
    }
    var kept = nearby.get(account);
    if (kept != null) {
      kept.used(now);
    }
    return issued(token, origin, need);
  }

  private Issued issued(AccessToken token, Origin origin, Need need) {
    return new Issued(
        token, origin, need instanceof MinTtl minTtl && !minTtl.lastsFor(token, clock.instant()));
  }

  private @Nullable Issued newerThan(TokenId dead, Account account) {
    var hit = nearby(account, new OtherThan(dead));
    if (hit != null) {
      return hit;
    }
    readAgain(account);
    return nearby(account, new OtherThan(dead));
  }

  private boolean nothingLive(Account account) {
    return nearby.live(account, clock.instant()) == null;
  }

  private record FlightKey(Account account, Need need) {}
}
