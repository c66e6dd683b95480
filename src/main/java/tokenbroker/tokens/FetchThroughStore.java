package tokenbroker.tokens;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import tokenbroker.clients.Client;
import tokenbroker.clients.ClientName;
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

  @Inject
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
    store.onAnnouncement(news -> wakeups.wake(news.client()));
  }

  TokenResult fetch(Client client, Need need, Flight<TokenResult> flight) {
    var begun = clock.instant();
    flight.waitNoLongerThan(begun.plus(patience));
    var seen = Revision.ABSENT;
    while (true) {
      var looked = store.lookOrLease(client.name(), seen);
      var stored = looked.stored();
      try (var lease = looked.lease()) {
        var known = answerFrom(stored, client, need);
        if (known.isPresent()) {
          return known.get();
        }
        if (lease != null || flight.isOutOfPatience(clock.instant())) {
          metrics.leaseWait(Duration.between(begun, clock.instant()));
          return fetchFromUpstream(client, need, stored);
        }
      }
      if (stored.revision().equals(seen)) {
        wakeups.await(client.name(), LOOK_AGAIN);
      }
      seen = stored.revision();
    }
  }

  /** What can be said without the upstream; empty where it must be asked. */
  private Optional<TokenResult> answerFrom(Stored stored, Client client, Need need) {
    var now = clock.instant();
    var token = stored.token() == null ? restored(client.name(), stored, now) : stored.token();
    if (token != null && need.isMetBy(token, client.name(), freshness, now)) {
      nearby.keep(client.name(), token, now);
      metrics.kept(client.name(), token, freshness.usableUntil(token), false);
      return Optional.of(new Issued(token, Origin.SHARED));
    }
    var failure = failureOf(client, stored);
    if (failure != null && now.isBefore(failure.retryAt()) && !need.isTrial()) {
      return Optional.of(failed(failure, now));
    }
    return client.credentials().isPresent()
        ? Optional.empty()
        : Optional.of(new TokenResult.Unavailable("credentials_missing", reloadEvery));
  }

  /**
   * A store that was wiped gets back what this process still holds, unless that was reported dead.
   */
  private @Nullable AccessToken restored(ClientName client, Stored stored, Instant now) {
    var live = nearby.live(client, now);
    if (live == null) {
      return null;
    }
    if (stored.failure() == null && !stored.revision().equals(Revision.UNKNOWN)) {
      store.keep(
          client,
          live.token,
          stored.revision(),
          Announcement.of(Announcement.Kind.RENEWED, client));
    }
    return live.token;
  }

  private TokenResult fetchFromUpstream(Client client, Need need, Stored stored) {
    if (need instanceof OtherThan) {
      var tooSoon = store.claimForcedFetch(client.name(), FORCED_FETCH_PERIOD);
      if (tooSoon.isPresent()) {
        return new TokenResult.TooSoon(tooSoon.get());
      }
    }
    return switch (source.fetch(client)) {
      case Fetched(var token) when freshness.isUsable(token, clock.instant()) ->
          fetched(client, need, token, stored);
      case Fetched(var late) ->
          failed(client, need, new FetchResult.InvalidResponse("expired_on_arrival"), stored);
      case Failed failed -> failed(client, need, failed, stored);
    };
  }

  private TokenResult fetched(Client client, Need need, AccessToken fresh, Stored stored) {
    var name = client.name();
    metrics.refreshed(name, need.trigger(), true);
    failures.clear(name);
    if (stored.failure() != null) {
      LOG.infof("TrackMage gives tokens for %s again", name);
    }
    if (need instanceof OtherThan(var dead) && dead.equals(fresh.id())) {
      return new Issued(fresh, Origin.FETCHED);
    }
    var token = need instanceof MinTtl ? fresh.markedForMinTtl() : fresh;
    var news =
        need instanceof OtherThan(var dead)
            ? new Announcement(Announcement.Kind.REPLACED, name, dead)
            : Announcement.of(Announcement.Kind.RENEWED, name);
    if (!store.keep(name, token, stored.revision(), news)) {
      token = newerThan(token, client, need);
    }
    nearby.keep(name, token, clock.instant());
    metrics.kept(name, token, freshness.usableUntil(token), true);
    return new Issued(token, Origin.FETCHED);
  }

  /** Another replica stored a token meanwhile: all replicas serve that one, where it will do. */
  private AccessToken newerThan(AccessToken own, Client client, Need need) {
    var stored = store.look(client.name()).token();
    return stored != null && need.isMetBy(stored, client.name(), freshness, clock.instant())
        ? stored
        : own;
  }

  private TokenResult failed(Client client, Need need, Failed failed, Stored stored) {
    metrics.refreshed(client.name(), need.trigger(), false);
    var now = clock.instant();
    var before = failureOf(client, stored);
    var failure = backoff.after(failed, before, credentialsVersion(client), now);
    if (!need.isTrial()) {
      if (before == null || !before.reason().equals(failure.reason())) {
        LOG.warnf("TrackMage gives no token for %s: %s", client.name(), failure.reason());
      }
      failures.note(client.name(), failure);
      store.remember(client.name(), failure);
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
}
