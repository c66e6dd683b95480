package tokenbroker.tokens;

import jakarta.inject.Singleton;
import org.jspecify.annotations.Nullable;
import tokenbroker.clients.Client;
import tokenbroker.time.Clocks;
import tokenbroker.time.Now;
import tokenbroker.tokens.TokenStore.GrantStatus;
import tokenbroker.tokens.TokenStore.Revision;
import tokenbroker.tokens.TokenStore.Stored;

/**
 * The local tokens and the stored tokens as one view, in which the token that was requested later
 * wins. If the store lost a token, or was down when its token was replaced, the newer token is
 * written back.
 */
@Singleton
class LocalView {

  private final LocalTokens nearby;
  private final TokenStore store;
  private final Freshness freshness;
  private final RecentOutcomes outcomes;
  private final TokenMetrics metrics;
  private final Clocks clocks;

  LocalView(
      LocalTokens nearby,
      TokenStore store,
      Freshness freshness,
      RecentOutcomes outcomes,
      TokenMetrics metrics,
      Clocks clocks) {
    this.nearby = nearby;
    this.store = store;
    this.freshness = freshness;
    this.outcomes = outcomes;
    this.metrics = metrics;
    this.clocks = clocks;
  }

  /** Returns the current moment; see {@link LocalTokens#moment}. */
  long moment() {
    return nearby.moment();
  }

  /**
   * Returns the newest token that the client may use, from this process or the store; null if there
   * is none. A newer token that the store lacks is written back.
   */
  @Nullable AccessToken newest(Client client, TokenOwner owner, Stored stored, Now now) {
    var found = ofClient(client, owner, stored.token());
    var shared = found == null ? null : endingAsKnown(owner, found.withTextsOf(client, owner), now);
    var live = nearby.live(owner, now);
    var own = live == null ? null : ofClient(client, owner, live.token);
    if (own == null || (shared == null && stored.grant() != GrantStatus.VALID)) {
      return shared;
    }
    if (shared != null && (shared.id().equals(own.id()) || !own.wasRequestedAfter(shared))) {
      return shared;
    }
    if (!stored.revision().equals(Revision.UNKNOWN)) {
      store.restore(owner, own, stored.revision());
    }
    return own;
  }

  /**
   * Returns the stored token, which ends no later than the same token in this process. The answer
   * of the store takes time, by which its token seems to live longer.
   */
  private AccessToken endingAsKnown(TokenOwner owner, AccessToken shared, Now now) {
    var known = nearby.get(owner);
    return known != null && known.token.id().equals(shared.id())
        ? shared.endingNoLaterThan(known.token, now)
        : shared;
  }

  private static @Nullable AccessToken ofClient(
      Client client, TokenOwner owner, @Nullable AccessToken token) {
    return token != null && token.provenance().isOf(client, owner) ? token : null;
  }

  /** Returns the last known token, whatever its age; null if there is none. */
  @Nullable AccessToken lastKnown(TokenOwner owner, Stored stored) {
    if (stored.token() != null) {
      return stored.token();
    }
    var own = nearby.get(owner);
    return own == null ? null : own.token;
  }

  /** Starts to serve a token that was read from the store. */
  void keep(TokenOwner owner, AccessToken token, TokenRequirement need, long since) {
    outcomes.seen(owner, token);
    put(owner, token, need, since, false);
  }

  /** Starts to serve a token that was fetched. */
  void kept(TokenOwner owner, AccessToken token, TokenRequirement need, long since) {
    put(owner, token, need, since, true);
  }

  private void put(
      TokenOwner owner, AccessToken token, TokenRequirement need, long since, boolean fetched) {
    var now = clocks.now();
    if (need.isForCallers() || nearby.get(owner) != null) {
      nearby.keep(owner, token, now, since);
    }
    metrics.kept(owner, token, freshness, now, fetched);
  }

  void forget(TokenOwner owner) {
    nearby.forget(owner);
  }
}
