package tokenbroker.tokens;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import tokenbroker.time.Moment;
import tokenbroker.time.Ticker;

/**
 * A token store that uses the shared store while it answers and local coordination while it does
 * not. A broken store costs latency, never a token.
 *
 * <p>After a failure, the failed part of the store is not called for {@link #LEFT_ALONE}. A request
 * therefore pays for the failure at most once. Tokens stay available from {@link LocalTokens} and
 * are written back when the store answers again.
 */
public final class FailOpenStore implements TokenStore {

  static final Duration LEFT_ALONE = Outages.LEFT_ALONE;

  private final TokenStore shared;
  private final LocalCoordination own;
  private final TokenMetrics metrics;
  private final Outages outages;

  public FailOpenStore(TokenStore shared, TokenMetrics metrics, Ticker ticker) {
    this.shared = shared;
    this.own = new LocalCoordination(ticker);
    this.metrics = metrics;
    this.outages = new Outages(ticker);
    metrics.watchStore(this);
  }

  @Override
  public Stored look(TokenOwner owner) {
    return attempt(owner, "look", store -> store.look(owner), () -> withoutStore(owner));
  }

  @Override
  public Lookup lookOrLease(TokenOwner owner, Revision seen) {
    return attempt(
        owner,
        "look_or_lease",
        store -> store.lookOrLease(owner, seen),
        () -> new Lookup(withoutStore(owner), own.tryLease(owner)));
  }

  private Stored withoutStore(TokenOwner owner) {
    return new Stored(null, Revision.UNKNOWN, own.failure(owner));
  }

  @Override
  public boolean keep(TokenOwner owner, AccessToken token, Revision seen, Announcement news) {
    return attempt(
        owner,
        "keep",
        store -> store.keep(owner, token, seen, news),
        () -> {
          own.forgetFailure(owner);
          own.announce(news);
          return true;
        });
  }

  @Override
  public boolean restore(TokenOwner owner, AccessToken token, Revision seen) {
    return attempt(owner, "restore", store -> store.restore(owner, token, seen), () -> false);
  }

  @Override
  public void remember(TokenOwner owner, UpstreamFailure failure) {
    run(
        owner,
        "remember",
        store -> store.remember(owner, failure),
        () -> own.remember(owner, failure));
  }

  @Override
  public Optional<Duration> claimForcedFetch(TokenOwner owner, Duration period) {
    return attempt(
        owner,
        "claim",
        store -> store.claimForcedFetch(owner, period),
        () -> own.claimForcedFetch(owner, period));
  }

  @Override
  public void forget(TokenOwner owner) {
    run(owner, "forget", store -> store.forget(owner), () -> own.forget(owner));
  }

  /** Calls the store even right after a failure. Otherwise, it would keep a dead token. */
  @Override
  public void drop(TokenOwner owner) {
    called(
        owner,
        shared.partOf(owner),
        "drop",
        resultless(store -> store.drop(owner)),
        resultless(() -> own.forget(owner)));
  }

  @Override
  public void onAnnouncement(Consumer<Announcement> listener) {
    shared.onAnnouncement(listener);
    own.listen(listener);
  }

  @Override
  public Optional<Moment> hearingSince() {
    return shared.hearingSince();
  }

  @Override
  public boolean isUp() {
    return outages.isUp();
  }

  @Override
  public boolean isUp(TokenOwner owner) {
    return outages.isUp() || outages.isUp(owner, shared.partOf(owner));
  }

  @Override
  public String partOf(TokenOwner owner) {
    return shared.partOf(owner);
  }

  private void run(
      TokenOwner owner, String operation, Consumer<TokenStore> call, Runnable instead) {
    attempt(owner, operation, resultless(call), resultless(instead));
  }

  private <T> T attempt(
      TokenOwner owner, String operation, Function<TokenStore, T> call, Supplier<T> instead) {
    var part = shared.partOf(owner);
    return outages.isLeftAlone(owner, part)
        ? instead.get()
        : called(owner, part, operation, call, instead);
  }

  private <T> T called(
      TokenOwner owner,
      String part,
      String operation,
      Function<TokenStore, T> call,
      Supplier<T> instead) {
    try {
      var answer = call.apply(shared);
      outages.answered(owner, part);
      return answer;
    } catch (StoreUnavailable e) {
      metrics.storeError(operation);
      outages.failed(e.isOfOneAccount() ? owner : part, e);
      return instead.get();
    }
  }

  private static Function<TokenStore, Boolean> resultless(Consumer<TokenStore> call) {
    return store -> {
      call.accept(store);
      return true;
    };
  }

  private static Supplier<Boolean> resultless(Runnable instead) {
    return () -> {
      instead.run();
      return false;
    };
  }
}
