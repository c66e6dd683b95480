package tokenbroker.tokens;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import tokenbroker.clients.Client;
import tokenbroker.config.BrokerConfig;
import tokenbroker.time.Clocks;
import tokenbroker.time.Now;
import tokenbroker.tokens.FailureCause.Local;
import tokenbroker.tokens.TokenRequirement.FetchedWith;
import tokenbroker.tokens.TokenRequirement.MinTtl;
import tokenbroker.tokens.TokenRequirement.OtherThan;
import tokenbroker.tokens.TokenRequirement.Renewed;
import tokenbroker.tokens.TokenRequirement.Usable;
import tokenbroker.tokens.TokenResult.Failed;
import tokenbroker.tokens.TokenResult.Issued;
import tokenbroker.tokens.TokenResult.ServedFrom;
import tokenbroker.tokens.TokenResult.TooSoon;
import tokenbroker.tokens.TokenResult.Warning;
import tokenbroker.tokens.TokenStore.Revision;

/**
 * The source of live tokens for clients. {@link #nearby} is the hit path: no lock, no I/O, no
 * thread switch. Methods that return no future may block and need a virtual thread, unless they say
 * otherwise.
 */
@Singleton
public class TokenBroker {

  /** How often a token is offered to the store while others write to it at the same time. */
  private static final int OFFERS = 3;

  private final LocalTokens nearby;
  private final Flights flights;
  private final LocalView local;
  private final TokenStore store;
  private final Freshness freshness;
  private final RecentOutcomes outcomes;
  private final TokenMetrics metrics;
  private final Clocks clocks;
  private final Duration upstreamTimeout;

  TokenBroker(
      LocalTokens nearby,
      Flights flights,
      LocalView local,
      TokenStore store,
      Freshness freshness,
      RecentOutcomes outcomes,
      TokenMetrics metrics,
      Clocks clocks,
      BrokerConfig config) {
    this.nearby = nearby;
    this.flights = flights;
    this.local = local;
    this.store = store;
    this.freshness = freshness;
    this.outcomes = outcomes;
    this.metrics = metrics;
    this.clocks = clocks;
    this.upstreamTimeout = config.upstream().timeout();
  }

  /**
   * Returns the local token if it meets the requirement, or null if it must be requested. Never
   * blocks.
   */
  public @Nullable Issued nearby(Client client, TokenOwner owner, TokenRequirement need) {
    var now = clocks.now();
    var token = nearby.trusted(owner, now);
    if (token == null
        || !token.token.provenance().isOf(client, owner)
        || !need.isMetBy(token.token, owner, freshness, now)) {
      return null;
    }
    token.used(now.moment());
    return issued(token.token, ServedFrom.NEARBY, need, now);
  }

  /**
   * Returns a future with a token that meets the requirement. If none can be obtained, the result
   * is the best live token. Without a live token it is the failure. Does not block; the future
   * completes within {@code wait}.
   */
  public CompletableFuture<TokenResult> tokenFor(
      Client client, TokenOwner owner, TokenRequirement need, Duration wait) {
    var hit = nearby(client, owner, need);
    return hit != null
        ? CompletableFuture.completedFuture(hit)
        : flights
            .result(client, owner, need, wait)
            .completeOnTimeout(Flights.LATE, wait.toNanos(), TimeUnit.NANOSECONDS)
            .thenApply(result -> used(owner, need, orTheLiveOne(client, owner, result)));
  }

  /**
   * Replaces {@code dead}, which the upstream rejected, if it is still the token that is served.
   */
  public Invalidation invalidate(Client client, TokenOwner owner, TokenId dead, Duration wait) {
    var newer = newerThan(dead, client, owner);
    if (newer != null) {
      metrics.invalidation(client.name(), "already_replaced");
      return new Invalidation(newer, false, false);
    }
    if (nothingLive(client, owner)) {
      return new Invalidation(tokenFor(client, owner, new Usable(), wait).join(), false, false);
    }
    var result = fetched(client, owner, new OtherThan(dead), wait);
    if (result instanceof TooSoon) {
      metrics.invalidation(client.name(), "throttled");
      return new Invalidation(result, false, true);
    }
    if (result instanceof Failed(var cause, _) && cause == Local.RECONNECT_REQUIRED) {
      // The upstream has rejected both: nothing may be served any more.
      nearby.forget(owner); // First, so that nobody writes it back.
      store.drop(owner);
      nearby.forget(owner); // Again, because somebody may have read it in between.
    }
    var replaced = result instanceof Issued(var token, _, _) && !token.id().equals(dead);
    if (replaced) { // A failed refresh is counted elsewhere.
      metrics.invalidation(client.name(), "applied");
    }
    var same = result instanceof Issued && !replaced;
    return new Invalidation(orTheLiveOne(client, owner, result), replaced, same);
  }

  /** Returns the state of a client as far as this replica knows. Never blocks. */
  public ClientStatus status(Client client) {
    var owner = TokenOwner.of(client.name());
    var now = clocks.now();
    var live = live(client, owner);
    return ClientStatus.of(
        live,
        outcomes.lastingFailure(client, owner, now.moment()),
        outcomes.lastSuccess(client.name()),
        outcomes.fetchesInLastHour(client.name(), now.moment()),
        now);
  }

  /**
   * Reads the store once for the client, so that its first caller does not wait for the first read.
   */
  public void rehearse(Client client) {
    store.look(TokenOwner.of(client.name()));
  }

  /**
   * Refreshes the local token in the background, unless another replica has already refreshed it.
   */
  TokenResult refresh(Client client, TokenOwner owner) {
    return fetched(client, owner, new Renewed(), upstreamTimeout.multipliedBy(3));
  }

  /** Refreshes a connection that nobody uses, so that its refresh token does not expire. */
  public TokenResult keepAlive(Client client, TokenOwner owner) {
    return fetched(
        client, owner, new TokenRequirement.KeptAlive(), upstreamTimeout.multipliedBy(3));
  }

  /**
   * Fetches a token with the candidate's credentials, whatever is known about other credentials.
   * The token that proves them is served. The returned token may come from other credentials: check
   * its credentials version.
   */
  public TokenResult tryCredentials(Client candidate, TokenOwner owner) {
    var version = candidate.credentials().orElseThrow().version();
    return fetched(candidate, owner, new FetchedWith(version), upstreamTimeout.multipliedBy(3));
  }

  /**
   * Reads the store again and serves its token from now on. A local token stays if the store has
   * none.
   */
  void readAgain(Client client, TokenOwner owner) {
    var begun = nearby.moment();
    var stored = store.look(owner);
    if (stored.isGone()) {
      nearby.forget(owner);
      return;
    }
    var now = clocks.now();
    var token = local.newest(client, owner, stored, now);
    if (token != null && freshness.isUsable(token, now)) {
      local.keep(owner, token, new Usable(), begun);
    } else if (stored.grant() != TokenStore.GrantStatus.VALID) {
      nearby.forget(owner);
    } else if (!stored.revision().equals(Revision.UNKNOWN)) {
      nearby.verify(owner, now.moment());
    }
  }

  /**
   * Serves a token that was obtained in another way, such as with a new connection. It is discarded
   * if its connection no longer exists, or if the store has a token that was requested later.
   */
  public void serve(TokenOwner owner, AccessToken token) {
    var begun = nearby.moment();
    outcomes.succeeded(owner, token);
    for (var offer = 0; offer < OFFERS; offer++) {
      var stored = store.look(owner);
      if (stored.isGone()) {
        nearby.forget(owner);
        return;
      }
      var other = stored.token();
      if (other != null && other.wasRequestedAfter(token)) {
        return;
      }
      var news = Announcement.of(Announcement.Kind.RENEWED, owner);
      if (store.keep(owner, token, stored.revision(), news)) {
        nearby.keep(owner, token, clocks.now(), begun);
        return;
      }
    }
  }

  /**
   * Removes a client that is no longer configured, or a connection that no longer exists, from this
   * process and the store.
   */
  public void forget(TokenOwner owner) {
    nearby.forget(owner);
    outcomes.forget(owner);
    store.forget(owner);
  }

  /**
   * Waits until the fetches that are in progress now have ended, so that none of them can store
   * anything later. Each of them is bounded by the time limits of the upstream and of its callers.
   */
  public void awaitFetches() {
    flights.awaitAll();
  }

  private TokenResult fetched(
      Client client, TokenOwner owner, TokenRequirement need, Duration wait) {
    try {
      return flights.result(client, owner, need, wait).get(wait.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return Flights.LATE;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Flights.LATE;
    } catch (ExecutionException e) {
      throw new IllegalStateException("a fetch for " + owner + " failed", e.getCause());
    }
  }

  private TokenResult orTheLiveOne(Client client, TokenOwner owner, TokenResult result) {
    if (result instanceof Issued || result instanceof TokenResult.Gone) {
      return result;
    }
    var live = live(client, owner);
    return live == null ? result : new Issued(live.token, ServedFrom.NEARBY);
  }

  private TokenResult used(TokenOwner owner, TokenRequirement need, TokenResult result) {
    if (!(result instanceof Issued(var token, var servedFrom, _))) {
      return result;
    }
    var now = clocks.now();
    if (!freshness.isUsable(token, now)) {
      return new TokenResult.TimedOut(Duration.ZERO);
    }
    var kept = nearby.get(owner);
    if (kept != null) {
      kept.used(now.moment());
    }
    return issued(token, servedFrom, need, now);
  }

  private Issued issued(AccessToken token, ServedFrom servedFrom, TokenRequirement need, Now now) {
    if (need instanceof MinTtl minTtl && !minTtl.lastsFor(token, now)) {
      return new Issued(token, servedFrom, Warning.SHORT_OF_MIN_TTL);
    }
    return new Issued(
        token,
        servedFrom,
        freshness.isInSafetyWindow(token, now) ? Warning.IN_SAFETY_WINDOW : null);
  }

  private @Nullable Issued newerThan(TokenId dead, Client client, TokenOwner owner) {
    var hit = nearby(client, owner, new OtherThan(dead));
    if (hit != null) {
      return hit;
    }
    readAgain(client, owner);
    return nearby(client, owner, new OtherThan(dead));
  }

  private boolean nothingLive(Client client, TokenOwner owner) {
    return live(client, owner) == null;
  }

  private @Nullable LocalToken live(Client client, TokenOwner owner) {
    var live = nearby.live(owner, clocks.now());
    return live != null && live.token.provenance().isOf(client, owner) ? live : null;
  }
}
