package tokenbroker.tokens;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import tokenbroker.clients.Client;
import tokenbroker.config.BrokerConfig;
import tokenbroker.time.Clocks;
import tokenbroker.time.Moment;
import tokenbroker.time.Now;
import tokenbroker.tokens.FailureCause.InvalidResponse;
import tokenbroker.tokens.FailureCause.Local;
import tokenbroker.tokens.FailureCause.Outage;
import tokenbroker.tokens.FetchResult.Failed;
import tokenbroker.tokens.FetchResult.Fetched;
import tokenbroker.tokens.TokenRequirement.MinTtl;
import tokenbroker.tokens.TokenRequirement.OtherThan;
import tokenbroker.tokens.TokenResult.Issued;
import tokenbroker.tokens.TokenResult.ServedFrom;
import tokenbroker.tokens.TokenStore.Lookup;
import tokenbroker.tokens.TokenStore.Revision;
import tokenbroker.tokens.TokenStore.Stored;

/**
 * One fetch from top to bottom: it reads the store, then waits for the lease, then calls the
 * upstream. The lease saves upstream calls and is never needed for correctness. Therefore the wait
 * for it is bounded, and every failure continues with a fetch. A connection has no lease: its
 * source claims the refresh token instead. Blocks; runs on a virtual thread.
 */
@Singleton
public class TokenFetcher {

  static final Duration LOOK_AGAIN = Duration.ofMillis(50);
  static final Duration FORCED_FETCH_PERIOD = Duration.ofSeconds(30);

  private static final Logger LOG = Logger.getLogger(TokenFetcher.class);

  private final TokenSource source;
  private final TokenStore store;
  private final LocalView local;
  private final Freshness freshness;
  private final Backoff backoff;
  private final RecentOutcomes outcomes;
  private final TokenMetrics metrics;
  private final Clocks clocks;
  private final Duration reloadEvery;
  private final Wakeups wakeups = new Wakeups();

  TokenFetcher(
      TokenSource source,
      TokenStore store,
      LocalView local,
      Freshness freshness,
      Backoff backoff,
      RecentOutcomes outcomes,
      TokenMetrics metrics,
      Clocks clocks,
      BrokerConfig config) {
    this.source = source;
    this.store = store;
    this.local = local;
    this.freshness = freshness;
    this.backoff = backoff;
    this.outcomes = outcomes;
    this.metrics = metrics;
    this.clocks = clocks;
    this.reloadEvery = config.clients().reloadEvery();
    store.onAnnouncement(news -> wakeups.wake(news.owner()));
  }

  TokenResult fetch(Client client, TokenOwner owner, Flight<TokenResult> flight) {
    var ask = new Ask(client, owner, flight.need(), local.moment());
    var begun = clocks.moment();
    var seen = Revision.ABSENT;
    while (true) {
      var looked = look(owner, seen);
      var stored = looked.stored();
      try (var lease = looked.lease()) {
        var known = answerFrom(stored, ask);
        if (known.isPresent()) {
          return known.get();
        }
        if (mayFetch(owner, lease, flight)) {
          metrics.leaseWait(begun.until(clocks.moment()));
          var fetched = fetchFromUpstream(ask, stored);
          if (fetched.isPresent()) {
            return fetched.get();
          }
        }
      }
      if (!flight.isWaitedFor(clocks.moment())) {
        return new TokenResult.TimedOut(LOOK_AGAIN);
      }
      if (stored.revision().equals(seen)) {
        wakeups.await(owner, LOOK_AGAIN);
      }
      seen = stored.revision();
    }
  }

  private Lookup look(TokenOwner owner, Revision seen) {
    return owner.needsLease()
        ? store.lookOrLease(owner, seen)
        : new Lookup(store.look(owner), null);
  }

  private boolean mayFetch(TokenOwner owner, @Nullable Lease lease, Flight<TokenResult> flight) {
    return !owner.needsLease() || lease != null || flight.goesOnWithoutLease(clocks.moment());
  }

  /**
   * Returns the result that is known without the upstream; empty if the upstream must be called.
   */
  private Optional<TokenResult> answerFrom(Stored stored, Ask ask) {
    if (stored.isGone()) {
      local.forget(ask.owner);
      return Optional.of(new TokenResult.Gone());
    }
    var now = clocks.now();
    var token = local.newest(ask.client, ask.owner, stored, now);
    if (token != null && ask.isMetBy(token, freshness, now)) {
      local.keep(ask.owner, token, ask.need, ask.moment);
      return Optional.of(new Issued(token, ServedFrom.SHARED));
    }
    var failure = failureOf(ask.client, ask.owner, stored);
    if (failure != null && now.moment().isBefore(failure.retryAt()) && !ask.need.isTrial()) {
      outcomes.heard(ask.owner, failure);
      return Optional.of(failed(failure, now.moment()));
    }
    return ask.client.credentials().isPresent()
        ? Optional.empty()
        : Optional.of(new TokenResult.Failed(Local.CREDENTIALS_MISSING, reloadEvery));
  }

  /**
   * Fetches a token. Returns empty if another replica refreshes or has refreshed it, so that the
   * store must be read again.
   */
  private Optional<TokenResult> fetchFromUpstream(Ask ask, Stored stored) {
    if (ask.need instanceof OtherThan && !ask.forcedFetchClaimed) {
      var tooSoon = store.claimForcedFetch(ask.owner, FORCED_FETCH_PERIOD);
      if (tooSoon.isPresent()) {
        return Optional.of(new TokenResult.TooSoon(tooSoon.get()));
      }
      ask.forcedFetchClaimed = true;
    }
    return switch (askSource(ask, stored)) {
      case Fetched(var token, _, var whenKept) -> {
        try {
          yield arrived(ask, token, stored);
        } finally {
          whenKept.run();
        }
      }
      case Failed failed -> Optional.of(failed(ask, failed, stored));
      case FetchResult.Gone _ -> Optional.of(new TokenResult.Gone());
      case FetchResult.ClaimedElsewhere _ ->
          ask.need.isForCallers()
              ? Optional.empty()
              : Optional.of(new TokenResult.TimedOut(LOOK_AGAIN)); // Another replica refreshes it.
      case FetchResult.Superseded _ -> Optional.empty();
    };
  }

  /**
   * Calls the source. An exception becomes an ordinary failure, so that our bugs cost nobody a live
   * token.
   */
  private FetchResult askSource(Ask ask, Stored stored) {
    try {
      return source.fetch(ask.client, ask.owner, stored.grantRevision());
    } catch (RuntimeException | Error e) {
      LOG.errorf(Breakage.of(e), "The fetch for %s failed unexpectedly", ask.owner);
      return new Failed(Local.INTERNAL_ERROR);
    }
  }

  private Optional<TokenResult> arrived(Ask ask, AccessToken token, Stored stored) {
    return freshness.isUsable(token, clocks.now())
        ? fetched(ask, token, stored)
        : Optional.of(failed(ask, new Failed(InvalidResponse.EXPIRED_ON_ARRIVAL), stored));
  }

  private Optional<TokenResult> fetched(Ask ask, AccessToken fresh, Stored stored) {
    var owner = ask.owner;
    metrics.refreshed(owner, ask.need.trigger(), true);
    outcomes.succeeded(owner, fresh);
    if (stored.failure() != null) {
      LOG.infof("TrackMage issues tokens for %s again", owner);
    }
    if (ask.need instanceof OtherThan(var dead) && dead.equals(fresh.id())) {
      return Optional.of(new Issued(fresh, ServedFrom.FETCHED));
    }
    var token = marked(ask, fresh, stored);
    if (!store.keep(owner, token, stored.revision(), news(ask))) {
      var now = store.look(owner);
      if (now.isGone()) {
        local.forget(owner);
        return Optional.of(new TokenResult.Gone());
      }
      token = newerThan(token, now, ask);
    }
    local.kept(owner, token, ask.need, ask.moment);
    return Optional.of(new Issued(token, ServedFrom.FETCHED));
  }

  private AccessToken marked(Ask ask, AccessToken fresh, Stored stored) {
    var before = local.lastKnown(ask.owner, stored);
    var token = before != null && before.id().equals(fresh.id()) ? fresh.knownAs(before) : fresh;
    return ask.need instanceof MinTtl minTtl && !minTtl.lastsFor(token, clocks.now())
        ? token.markedShortOfMinTtl()
        : token;
  }

  private static Announcement news(Ask ask) {
    return ask.need instanceof OtherThan(var dead)
        ? new Announcement(Announcement.Kind.REPLACED, ask.owner, dead)
        : Announcement.of(Announcement.Kind.RENEWED, ask.owner);
  }

  /**
   * Returns the token that another replica stored meanwhile, if it meets the requirement. All
   * replicas then serve the same one.
   */
  private AccessToken newerThan(AccessToken own, Stored now, Ask ask) {
    var stored = now.token();
    return stored != null
            && stored.provenance().isOf(ask.client, ask.owner)
            && ask.isMetBy(stored, freshness, clocks.now())
        ? stored
        : own;
  }

  private TokenResult failed(Ask ask, Failed failed, Stored stored) {
    metrics.refreshed(ask.owner, ask.need.trigger(), false);
    var now = clocks.moment();
    var before = failureOf(ask.client, ask.owner, stored);
    var failure =
        backoff
            .after(failed, before, Provenance.of(ask.client, ask.owner), now)
            .after(lastSuccess(ask.owner, stored, before));
    if (!ask.need.isTrial()) {
      outcomes.failed(ask.owner, failure);
      store.remember(ask.owner, failure);
      // The keep-alive of thousands of connections logs one summary line instead.
      if (ask.need.isForCallers() && !failure.isLike(before)) {
        LOG.warnf("No token could be fetched for %s: %s", ask.owner, failure.text());
      }
    }
    return failure.cause() == Outage.TIMEOUT
        ? new TokenResult.TimedOut(now.until(failure.retryAt()))
        : failed(failure, now);
  }

  /** Returns the last success that this replica or the store knows of; null if there is none. */
  private @Nullable Instant lastSuccess(
      TokenOwner owner, Stored stored, @Nullable UpstreamFailure before) {
    if (owner.isConnection()) {
      return null;
    }
    return Stream.of(
            Optional.ofNullable(outcomes.lastSuccess(owner.client())),
            Optional.ofNullable(stored.token()).map(token -> token.life().requestedAt()),
            Optional.ofNullable(before).map(UpstreamFailure::lastSuccess))
        .flatMap(Optional::stream)
        .max(Comparator.naturalOrder())
        .orElse(null);
  }

  private static TokenResult failed(UpstreamFailure failure, Moment now) {
    return new TokenResult.Failed(failure.cause(), now.until(failure.retryAt()));
  }

  /**
   * Returns the stored failure if it applies to what would be requested now, else null. Any other
   * request may be made at once.
   */
  static @Nullable UpstreamFailure failureOf(Client client, TokenOwner owner, Stored stored) {
    var failure = stored.failure();
    return failure != null
            && failure.provenance().isOf(client, owner)
            && failure.provenance().isWithCredentialsOf(client)
        ? failure
        : null;
  }

  /** A request: who asks for which token. */
  private static final class Ask {

    final Client client;
    final TokenOwner owner;
    final TokenRequirement need;

    /** The moment when the fetch began; see {@link LocalTokens#moment}. */
    final long moment;

    /** Whether this fetch has its claim. One is enough, however often the store is read. */
    boolean forcedFetchClaimed;

    Ask(Client client, TokenOwner owner, TokenRequirement need, long moment) {
      this.client = client;
      this.owner = owner;
      this.need = need;
      this.moment = moment;
    }

    boolean isMetBy(AccessToken token, Freshness freshness, Now now) {
      return need.isMetBy(token, owner, freshness, now);
    }
  }
}
