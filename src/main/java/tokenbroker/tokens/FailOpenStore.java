package tokenbroker.tokens;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * The shared store while it answers, and this process's own memory while it does not: a broken
 * store costs latency, never a token. After a failure the store is left alone for {@link
 * #LEFT_ALONE}, so that a request pays for the failure once at most.
 */
public final class FailOpenStore implements TokenStore {

  static final Duration LEFT_ALONE = Duration.ofSeconds(1);

  private static final Logger LOG = Logger.getLogger(FailOpenStore.class);

  private final TokenStore shared;
  private final TokenStore memory;
  private final TokenMetrics metrics;
  private final Clock clock;
  private volatile Instant leftAloneUntil = Instant.MIN;
  private volatile boolean up = true;

  public FailOpenStore(TokenStore shared, TokenStore memory, TokenMetrics metrics, Clock clock) {
    this.shared = shared;
    this.memory = memory;
    this.metrics = metrics;
    this.clock = clock;
    metrics.watchStore(this);
  }

  @Override
  public Stored look(Account account) {
    return attempt(
        "look",
        store -> store.look(account),
        // Only failures: what this process knows of tokens is nearby, and memory may hold one that
        // has died since.
        store -> new Stored(null, Revision.UNKNOWN, store.look(account).failure()));
  }

  @Override
  public Looked lookOrLease(Account account, Revision seen) {
    return attempt(
        "look_or_lease",
        store -> store.lookOrLease(account, seen),
        store -> {
          var own = store.lookOrLease(account, Revision.UNKNOWN);
          return new Looked(
              new Stored(null, Revision.UNKNOWN, own.stored().failure()), own.lease());
        });
  }

  @Override
  public boolean keep(Account account, AccessToken token, Revision seen, Announcement news) {
    return attempt(
        "keep",
        store -> store.keep(account, token, seen, news),
        store -> store.keep(account, token, Revision.UNKNOWN, news));
  }

  @Override
  public void remember(Account account, UpstreamFailure failure) {
    run("remember", store -> store.remember(account, failure));
  }

  @Override
  public Optional<Duration> claimForcedFetch(Account account, Duration period) {
    return attempt("claim", store -> store.claimForcedFetch(account, period));
  }

  @Override
  public void forget(Account account) {
    run("forget", store -> store.forget(account));
  }

  @Override
  public void onAnnouncement(Consumer<Announcement> listener) {
    shared.onAnnouncement(listener);
    memory.onAnnouncement(listener);
  }

  @Override
  public Optional<Instant> hearingSince() {
    return shared.hearingSince();
  }

  @Override
  public boolean isUp() {
    return up;
  }

  private void run(String operation, Consumer<TokenStore> call) {
    attempt(
        operation,
        store -> {
          call.accept(store);
          return true;
        });
  }

  private <T> T attempt(String operation, Function<TokenStore, T> call) {
    return attempt(operation, call, call);
  }

  private <T> T attempt(
      String operation, Function<TokenStore, T> call, Function<TokenStore, T> instead) {
    if (clock.instant().isBefore(leftAloneUntil)) {
      return instead.apply(memory);
    }
    try {
      var answer = call.apply(shared);
      heal();
      return answer;
    } catch (StoreUnavailable e) {
      fail(operation, e);
      return instead.apply(memory);
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
    leftAloneUntil = clock.instant().plus(LEFT_ALONE);
    if (up) {
      up = false;
      LOG.warnf("The shared store does not answer, going on without it: %s", fault.getMessage());
    }
  }
}
