package tokenbroker.tokens;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import tokenbroker.clients.Client;
import tokenbroker.config.BrokerConfig;
import tokenbroker.tokens.FetchResult.Failed;
import tokenbroker.tokens.FetchResult.Fetched;
import tokenbroker.tokens.Need.MinTtl;
import tokenbroker.tokens.Need.OtherThan;
import tokenbroker.tokens.TokenResult.Issued;
import tokenbroker.tokens.TokenResult.Origin;
import tokenbroker.tokens.TokenStore.Revision;
import tokenbroker.tokens.TokenStore.Stored;

/**
 * One fetch, top to bottom: what the store has, else the lease, else the upstream. The lease saves
 * upstream calls and is never needed for correctness, so waiting for it is bounded and every
 * failure falls through to a fetch. Blocks; runs on a virtual thread.
 */
@Singleton
public class FetchThroughStore {

  static final Duration LOOK_AGAIN = Duration.ofMillis(50);
  static final Duration FORCED_FETCH_PERIOD = Duration.ofSeconds(30);

  private static final Logger LOG = Logger.getLogger(FetchThroughStore.class);
  private static final Duration PATIENCE_BEYOND_UPSTREAM = Duration.ofSeconds(1);

  private final TokenSource source;
  private final TokenStore store;
  private final NearbyTokens nearby;
  private final Freshness freshness;
  private final Backoff backoff;
  private final KnownFailures failures;
  private final TokenMetrics metrics;
  private final Clock clock;
  private final Duration patience;
  private final Duration reloadEvery;
  private final Wakeups wakeups = new Wakeups();

  FetchThroughStore(
      TokenSource source,
      TokenStore store,
      NearbyTokens nearby,
      Freshness freshness,
      Backoff backoff,
      KnownFailures failures,
      TokenMetrics metrics,
      Clock clock,
      BrokerConfig config) {
    this.source = source;
    this.store = store;
    this.nearby = nearby;
    this.freshness = freshness;
    this.backoff = backoff;
    this.failures = failures;
    this.metrics = metrics;
    this.clock = clock;
    this.patience = config.upstream().timeout().plus(PATIENCE_BEYOND_UPSTREAM);
    this.reloadEvery = config.clients().reloadEvery();
    store.onAnnouncement(news -> wakeups.wake(news.account()));
  }

  TokenResult fetch(Client client, Account account, Need need, Flight<TokenResult> flight) {
    var ask = new Ask(client, account, need, nearby.moment());
    var begun = clock.instant();
    flight.waitNoLongerThan(begun.plus(patience));
    var seen = Revision.ABSENT;
    while (true) {
      var looked = store.lookOrLease(account, seen);
      var stored = looked.stored();
      try (var lease = looked.lease()) {
        var known = answerFrom(stored, ask);
        if (known.isPresent()) {
          return known.get();
        }
        if (lease != null || (flight.isOutOfPatience(clock.instant()) && ask.mayDoWithoutLease())) {
          metrics.leaseWait(Duration.between(begun, clock.instant()));
          return fetchFromUpstream(ask, stored);
        }
      }
      if (flight.isOutOfPatience(clock.instant())) {
        return new TokenResult.TimedOut(LOOK_AGAIN);
      }
      if (stored.revision().equals(seen)) {
        wakeups.await(account, LOOK_AGAIN);
      }
      seen = stored.revision();
    }
  }

  /** What can be said without the upstream; empty where it must be asked. */
  private Optional<TokenResult> answerFrom(Stored stored, Ask ask) {
    if (stored.gone()) {
      nearby.forget(ask.account);
      return Optional.of(new TokenResult.Gone());
    }
    var now = clock.instant();
    var token = stored.token() == null ? restored(ask.account, stored, now) : stored.token();
    if (token != null && ask.isMetBy(token, freshness, now)) {
      nearby.keep(ask.account, token, now, ask.moment);
      metrics.kept(ask.account, token, freshness.usableUntil(token), false);
      return Optional.of(new Issued(token, Origin.SHARED));
    }
    var failure = failureOf(ask.client, stored);
    if (failure != null && now.isBefore(failure.retryAt()) && !ask.need.isTrial()) {
      return Optional.of(failed(failure, now));
    }
    return ask.client.credentials().isPresent()
        ? Optional.empty()
        : Optional.of(new TokenResult.Unavailable("credentials_missing", reloadEvery));
  }

  /**
   * A store that was wiped gets back what this process still holds, unless that was reported dead.
   */
  private @Nullable AccessToken restored(Account account, Stored stored, Instant now) {
    var live = nearby.live(account, now);
    if (live == null) {
      return null;
    }
    if (stored.failure() == null && !stored.revision().equals(Revision.UNKNOWN)) {
      store.keep(
          account,
          live.token,
          stored.revision(),
          Announcement.of(Announcement.Kind.RENEWED, account));
    }
    return live.token;
  }

  private TokenResult fetchFromUpstream(Ask ask, Stored stored) {
    if (ask.need instanceof OtherThan) {
      var tooSoon = store.claimForcedFetch(ask.account, FORCED_FETCH_PERIOD);
      if (tooSoon.isPresent()) {
        return new TokenResult.TooSoon(tooSoon.get());
      }
    }
    return switch (source.fetch(ask.client, ask.account)) {
      case Fetched(var token, _) when freshness.isUsable(token, clock.instant()) ->
          fetched(ask, token, stored);
      case Fetched _ -> failed(ask, new FetchResult.InvalidResponse("expired_on_arrival"), stored);
      case Failed failed -> failed(ask, failed, stored);
      case FetchResult.Gone _ -> new TokenResult.Gone();
    };
  }

  private TokenResult fetched(Ask ask, AccessToken fresh, Stored stored) {
    var account = ask.account;
    metrics.refreshed(account, ask.need.trigger(), true);
    failures.clear(account);
    if (stored.failure() != null) {
      LOG.infof("TrackMage gives tokens for %s again", account);
    }
    if (ask.need instanceof OtherThan(var dead) && dead.equals(fresh.id())) {
      return new Issued(fresh, Origin.FETCHED);
    }
    var token = ask.need instanceof MinTtl ? fresh.markedForMinTtl() : fresh;
    var news =
        ask.need instanceof OtherThan(var dead)
            ? new Announcement(Announcement.Kind.REPLACED, account, dead)
            : Announcement.of(Announcement.Kind.RENEWED, account);
    if (!store.keep(account, token, stored.revision(), news)) {
      var now = store.look(account);
      if (now.gone()) {
        nearby.forget(account);
        return new TokenResult.Gone();
      }
      token = newerThan(token, now, ask);
    }
    nearby.keep(account, token, clock.instant(), ask.moment);
    metrics.kept(account, token, freshness.usableUntil(token), true);
    return new Issued(token, Origin.FETCHED);
  }

  /** Another replica stored a token meanwhile: all replicas serve that one, where it will do. */
  private AccessToken newerThan(AccessToken own, Stored now, Ask ask) {
    var stored = now.token();
    return stored != null && ask.isMetBy(stored, freshness, clock.instant()) ? stored : own;
  }

  private TokenResult failed(Ask ask, Failed failed, Stored stored) {
    metrics.refreshed(ask.account, ask.need.trigger(), false);
    var now = clock.instant();
    var before = failureOf(ask.client, stored);
    var failure = backoff.after(failed, before, credentialsVersion(ask.client), now);
    if (!ask.need.isTrial()) {
      if (before == null || !before.reason().equals(failure.reason())) {
        LOG.warnf("TrackMage gives no token for %s: %s", ask.account, failure.reason());
      }
      failures.note(ask.account, failure);
      store.remember(ask.account, failure);
    }
    return failure.kind() == UpstreamFailure.Kind.TIMED_OUT
        ? new TokenResult.TimedOut(Duration.between(now, failure.retryAt()))
        : failed(failure, now);
  }

  private static TokenResult failed(UpstreamFailure failure, Instant now) {
    var retryAfter = Duration.between(now, failure.retryAt());
    return switch (failure.kind()) {
      case REJECTED ->
          new TokenResult.Rejected(
              failure.error() == null ? OAuthError.UNRECOGNIZED : failure.error(), retryAfter);
      case INVALID_RESPONSE -> new TokenResult.InvalidResponse(failure.reason(), retryAfter);
      case RECONNECT_REQUIRED -> new TokenResult.ReconnectRequired(retryAfter);
      case UNAVAILABLE, TIMED_OUT -> new TokenResult.Unavailable(failure.reason(), retryAfter);
    };
  }

  /** The stored failure, where it is one of the credentials in use: others may be tried at once. */
  static @Nullable UpstreamFailure failureOf(Client client, Stored stored) {
    var failure = stored.failure();
    return failure != null && failure.credentialsVersion().equals(credentialsVersion(client))
        ? failure
        : null;
  }

  private static String credentialsVersion(Client client) {
    return client.credentials().map(credentials -> credentials.version()).orElse("");
  }

  /**
   * Who asks for what.
   *
   * @param moment see {@link NearbyTokens#moment}
   */
  private record Ask(Client client, Account account, Need need, long moment) {

    boolean isMetBy(AccessToken token, Freshness freshness, Instant now) {
      return need.isMetBy(token, account, freshness, now);
    }

    /** Two may fetch for a client; a refresh token is used by one at a time. */
    boolean mayDoWithoutLease() {
      return !account.isConnection();
    }
  }
}
