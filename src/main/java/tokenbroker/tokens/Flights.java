package tokenbroker.tokens;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import tokenbroker.clients.Client;
import tokenbroker.config.BrokerConfig;
import tokenbroker.time.Clocks;
import tokenbroker.tokens.TokenResult.Issued;

/**
 * The fetches in the air: one per account, whatever is asked of it. Whoever needs more than it
 * brings makes the next one. New credentials are tried in a flight of their own, for its failure
 * says nothing about those in use.
 */
@Singleton
class Flights {

  /** For those who give up on a fetch that goes on. */
  static final TokenResult.TimedOut LATE = new TokenResult.TimedOut(Duration.ofSeconds(1));

  private static final Logger LOG = Logger.getLogger(Flights.class);
  private static final Duration BEYOND_UPSTREAM_TIMEOUT = Duration.ofSeconds(1);

  /** Nobody's impatience makes a flight give the lease up sooner. */
  private static final Duration SHORTEST_WAIT_FOR_A_LEASE = Duration.ofSeconds(1);

  /** How many flights of others are waited for before the best that there is must do. */
  private static final int MOST_FOLLOWED = 3;

  private final SingleFlight<Key, TokenResult> inTheAir = new SingleFlight<>();
  private final TokenFetcher throughStore;
  private final Freshness freshness;
  private final Clocks clocks;
  private final Duration upstreamTimeout;

  Flights(TokenFetcher throughStore, Freshness freshness, Clocks clocks, BrokerConfig config) {
    this.throughStore = throughStore;
    this.freshness = freshness;
    this.clocks = clocks;
    this.upstreamTimeout = config.upstream().timeout();
  }

  /**
   * What a fetch for this need brings; never completes exceptionally. Completing it otherwise does
   * nothing to the fetch.
   *
   * @param wait how long this caller waits
   */
  CompletableFuture<TokenResult> result(
      Client client, Account account, TokenRequirement need, Duration wait) {
    return follow(client, account, need, wait, MOST_FOLLOWED).copy();
  }

  private CompletableFuture<TokenResult> follow(
      Client client, Account account, TokenRequirement need, Duration wait, int more) {
    var flight = join(client, account, need, wait);
    return flight.need().equals(need) || more == 0
        ? flight
        : flight.thenCompose(
            result ->
                settles(result, flight, account, need)
                    ? CompletableFuture.completedFuture(result)
                    : follow(client, account, need, wait, more - 1));
  }

  private Flight<TokenResult> join(
      Client client, Account account, TokenRequirement need, Duration wait) {
    var now = clocks.moment();
    var flight =
        inTheAir.join(
            new Key(account, need.isTrial() ? need : null),
            () ->
                new Flight<>(
                    need, now.plus(wait), now.plus(upstreamTimeout).plus(BEYOND_UPSTREAM_TIMEOUT)),
            own -> fetch(client, account, own));
    flight.waitedFor(now.plus(wait));
    flight.withoutLeaseAfter(
        now.plus(longer(wait.minus(timeForAFetch(wait)), SHORTEST_WAIT_FOR_A_LEASE)));
    return flight;
  }

  private TokenResult fetch(Client client, Account account, Flight<TokenResult> flight) {
    try {
      return throughStore.fetch(client, account, flight);
    } catch (RuntimeException | Error e) {
      LOG.errorf(Breakage.of(e), "A fetch for %s broke", account);
      return new TokenResult.Failed(FailureCause.Local.INTERNAL_ERROR, LATE.retryAfter());
    }
  }

  /** Whether another's result does for this need as well. */
  private boolean settles(
      TokenResult result, Flight<TokenResult> flight, Account account, TokenRequirement need) {
    return switch (result) {
      case Issued(var token, _, _) -> need.isMetBy(token, account, freshness, clocks.now());
      case TokenResult.TooSoon _ -> false; // Said of a forced fetch, which this one is not.
      case TokenResult.TimedOut _ -> flight.need().isForCallers();
      case TokenResult.NotIssued _ -> true;
    };
  }

  /**
   * Kept back from a caller's wait, so that it can still fetch by itself when another's fetch does
   * not end.
   */
  private Duration timeForAFetch(Duration wait) {
    return (wait.compareTo(upstreamTimeout) < 0 ? wait : upstreamTimeout).dividedBy(2);
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) > 0 ? one : other;
  }

  /**
   * Flights that do not share.
   *
   * @param trial null for all but trials of new credentials
   */
  private record Key(Account account, @Nullable TokenRequirement trial) {}
}
