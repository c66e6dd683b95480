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
 * The fetches in progress: one per owner, whatever the requirement. A caller whose requirement the
 * result does not meet starts the next fetch. A trial of new credentials has its own flight,
 * because its failure says nothing about the credentials in use.
 */
@Singleton
class Flights {

  /** The result for a caller that gives up on a fetch that continues. */
  static final TokenResult.TimedOut LATE = new TokenResult.TimedOut(Duration.ofSeconds(1));

  private static final Logger LOG = Logger.getLogger(Flights.class);
  private static final Duration BEYOND_UPSTREAM_TIMEOUT = Duration.ofSeconds(1);

  /**
   * The shortest wait for a lease: an impatient caller cannot make a flight go on without it
   * sooner.
   */
  private static final Duration SHORTEST_WAIT_FOR_A_LEASE = Duration.ofSeconds(1);

  /** How many flights of other callers a caller waits for before it accepts the last result. */
  private static final int MOST_FOLLOWED = 3;

  private final SingleFlight<FlightKey, TokenResult> inTheAir = new SingleFlight<>();
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
   * Returns a future with the result of a fetch for this requirement. The future never completes
   * exceptionally. Cancelling or completing it does not affect the fetch.
   *
   * @param wait how long this caller waits
   */
  CompletableFuture<TokenResult> result(
      Client client, TokenOwner owner, TokenRequirement need, Duration wait) {
    return follow(client, owner, need, wait, MOST_FOLLOWED).copy();
  }

  /** Waits until the fetches that are in progress now have ended. */
  void awaitAll() {
    inTheAir.awaitAll();
  }

  private CompletableFuture<TokenResult> follow(
      Client client, TokenOwner owner, TokenRequirement need, Duration wait, int more) {
    var flight = join(client, owner, need, wait);
    return flight.need().equals(need) || more == 0
        ? flight
        : flight.thenCompose(
            result ->
                settles(result, flight, owner, need)
                    ? CompletableFuture.completedFuture(result)
                    : follow(client, owner, need, wait, more - 1));
  }

  private Flight<TokenResult> join(
      Client client, TokenOwner owner, TokenRequirement need, Duration wait) {
    var now = clocks.moment();
    var flight =
        inTheAir.join(
            new FlightKey(owner, need.isTrial() ? need : null),
            () ->
                new Flight<>(
                    need, now.plus(wait), now.plus(upstreamTimeout).plus(BEYOND_UPSTREAM_TIMEOUT)),
            own -> fetch(client, owner, own));
    flight.waitedFor(now.plus(wait));
    flight.withoutLeaseAfter(
        now.plus(longer(wait.minus(timeForAFetch(wait)), SHORTEST_WAIT_FOR_A_LEASE)));
    return flight;
  }

  private TokenResult fetch(Client client, TokenOwner owner, Flight<TokenResult> flight) {
    try {
      return throughStore.fetch(client, owner, flight);
    } catch (RuntimeException | Error e) {
      LOG.errorf(Breakage.of(e), "A fetch for %s failed unexpectedly", owner);
      return new TokenResult.Failed(FailureCause.Local.INTERNAL_ERROR, LATE.retryAfter());
    }
  }

  /** Returns whether the result of another caller's flight is final for this requirement. */
  private boolean settles(
      TokenResult result, Flight<TokenResult> flight, TokenOwner owner, TokenRequirement need) {
    return switch (result) {
      case Issued(var token, _, _) -> need.isMetBy(token, owner, freshness, clocks.now());
      case TokenResult.TooSoon _ -> false; // It concerns a forced fetch, not this one.
      case TokenResult.TimedOut _ -> flight.need().isForCallers();
      case TokenResult.NotIssued _ -> true;
    };
  }

  /**
   * Returns the part of a caller's wait that is reserved for its own fetch, in case another
   * replica's fetch does not finish.
   */
  private Duration timeForAFetch(Duration wait) {
    return (wait.compareTo(upstreamTimeout) < 0 ? wait : upstreamTimeout).dividedBy(2);
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) > 0 ? one : other;
  }

  /**
   * The key of a flight. Flights with different keys are never shared.
   *
   * @param trial the requirement of a trial of new credentials; null for all others
   */
  private record FlightKey(TokenOwner owner, @Nullable TokenRequirement trial) {}
}
