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
  public Stored look(Account account) {
    return attempt(account, "look", store -> store.look(account), () -> withoutStore(account));
  }

  @Override
  public Lookup lookOrLease(Account account, Revision seen) {
    return attempt(
        account,
        "look_or_lease",
        store -> store.lookOrLease(account, seen),
        () -> new Lookup(withoutStore(account), own.tryLease(account)));
  }

  private Stored withoutStore(Account account) {
    return new Stored(null, Revision.UNKNOWN, own.failure(account));
  }

  @Override
  public boolean keep(Account account, AccessToken token, Revision seen, Announcement news) {
    return attempt(
        account,
        "keep",
        store -> store.keep(account, token, seen, news),
        () -> {
          own.forgetFailure(account);
          own.announce(news);
          return true;
        });
  }

  @Override
  public boolean restore(Account account, AccessToken token, Revision seen) {
    return attempt(account, "restore", store -> store.restore(account, token, seen), () -> false);
  }

  @Override
  public void remember(Account account, UpstreamFailure failure) {
    run(
        account,
        "remember",
        store -> store.remember(account, failure),
        () -> own.remember(account, failure));
  }

  @Override
  public Optional<Duration> claimForcedFetch(Account account, Duration period) {
    return attempt(
        account,
        "claim",
        store -> store.claimForcedFetch(account, period),
        () -> own.claimForcedFetch(account, period));
  }

  @Override
  public void forget(Account account) {
    run(account, "forget", store -> store.forget(account), () -> own.forget(account));
  }

  @Override
  public void drop(Account account) {
    run(account, "drop", store -> store.drop(account), () -> own.forget(account));
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
  public boolean isUp(Account account) {
    return outages.isUp() || outages.isUp(account, shared.partOf(account));
  }

  @Override
  public String partOf(Account account) {
    return shared.partOf(account);
  }

  private void run(Account account, String operation, Consumer<TokenStore> call, Runnable instead) {
    attempt(
        account,
        operation,
        store -> {
          call.accept(store);
          return true;
        },
        () -> {
          instead.run();
          return false;
        });
  }

  private <T> T attempt(
      Account account, String operation, Function<TokenStore, T> call, Supplier<T> instead) {
    var part = shared.partOf(account);
    if (outages.isLeftAlone(account, part)) {
      return instead.get();
    }
    try {
      var answer = call.apply(shared);
      outages.answered(account, part);
      return answer;
    } catch (StoreUnavailable e) {
      metrics.storeError(operation);
      outages.failed(e.isOfOneAccount() ? account : part, e);
      return instead.get();
    }
  }
}
