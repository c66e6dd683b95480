package tokenbroker.tokens;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import tokenbroker.time.Moment;
import tokenbroker.time.Ticker;

/**
 * The shared store while it answers, and this process's own coordination while it does not: a
 * broken store costs latency, never a token. After a failure the store is left alone for {@link
 * #LEFT_ALONE}, so that a request pays for the failure once at most. What this process knows of
 * tokens is nearby; it is written back when the store answers again.
 */
public final class FailOpenStore implements TokenStore {

  static final Duration LEFT_ALONE = Duration.ofSeconds(1);

  private static final Logger LOG = Logger.getLogger(FailOpenStore.class);

  private final TokenStore shared;
  private final LocalCoordination own;
  private final TokenMetrics metrics;
  private final Ticker ticker;
  private volatile Moment leftAloneUntil;
  private volatile boolean up = true;

  public FailOpenStore(TokenStore shared, TokenMetrics metrics, Ticker ticker) {
    this.shared = shared;
    this.own = new LocalCoordination(ticker);
    this.metrics = metrics;
    this.ticker = ticker;
    this.leftAloneUntil = ticker.now();
    metrics.watchStore(this);
  }

  @Override
  public Stored look(Account account) {
    return attempt("look", store -> store.look(account), () -> withoutStore(account));
  }

  @Override
  public Looked lookOrLease(Account account, Revision seen) {
    return attempt(
        "look_or_lease",
        store -> store.lookOrLease(account, seen),
        () -> new Looked(withoutStore(account), own.tryLease(account)));
  }

  private Stored withoutStore(Account account) {
    return new Stored(null, Revision.UNKNOWN, own.failure(account));
  }

  @Override
  public boolean keep(Account account, AccessToken token, Revision seen, Announcement news) {
    return attempt(
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
    return attempt("restore", store -> store.restore(account, token, seen), () -> false);
  }

  @Override
  public void remember(Account account, UpstreamFailure failure) {
    run(
        "remember",
        store -> store.remember(account, failure),
        () -> own.remember(account, failure));
  }

  @Override
  public Optional<Duration> claimForcedFetch(Account account, Duration period) {
    return attempt(
        "claim",
        store -> store.claimForcedFetch(account, period),
        () -> own.claimForcedFetch(account, period));
  }

  @Override
  public void forget(Account account) {
    run("forget", store -> store.forget(account), () -> own.forget(account));
  }

  @Override
  public void drop(Account account) {
    run("drop", store -> store.drop(account), () -> own.forget(account));
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
    return up;
  }

  private void run(String operation, Consumer<TokenStore> call, Runnable instead) {
    attempt(
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

  private <T> T attempt(String operation, Function<TokenStore, T> call, Supplier<T> instead) {
    if (ticker.now().isBefore(leftAloneUntil)) {
      return instead.get();
    }
    try {
      var answer = call.apply(shared);
      heal();
      return answer;
    } catch (StoreUnavailable e) {
      fail(operation, e);
      return instead.get();
    }
  }

  private void heal() {
    if (!up) {
      up = true;
      LOG.info("The shared store answers again");
    }
  }

  private void fail(String operation, StoreUnavailable fault) {
    metrics.storeError(operation);
    leftAloneUntil = ticker.now().plus(LEFT_ALONE);
    if (up) {
      up = false;
      LOG.warnf("The shared store does not answer, going on without it: %s", fault.getMessage());
    }
  }
}
