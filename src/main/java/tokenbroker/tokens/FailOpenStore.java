package tokenbroker.tokens;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jboss.logging.Logger;
import tokenbroker.clients.ClientName;

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
  public Stored look(ClientName client) {
    return attempt(
        "look",
        store -> store.look(client),
        // Only failures: what this process knows of tokens is nearby, and memory may hold one that
        // has died since.
        store -> new Stored(null, Revision.UNKNOWN, store.look(client).failure()));
  }

  @Override
  public Looked lookOrLease(ClientName client, Revision seen) {
    return attempt(
        "look_or_lease",
        store -> store.lookOrLease(client, seen),
        store -> {
          var own = store.lookOrLease(client, Revision.UNKNOWN);
          return new Looked(
              new Stored(null, Revision.UNKNOWN, own.stored().failure()), own.lease());
        });
  }

  @Override
  public boolean keep(ClientName client, AccessToken token, Revision seen, Announcement news) {
    return attempt(
        "keep",
        store -> store.keep(client, token, seen, news),
        store -> store.keep(client, token, Revision.UNKNOWN, news));
  }

  @Override
  public void remember(ClientName client, UpstreamFailure failure) {
    run("remember", store -> store.remember(client, failure));
  }

  @Override
  public Optional<Duration> claimForcedFetch(ClientName client, Duration period) {
    return attempt("claim", store -> store.claimForcedFetch(client, period));
  }

  @Override
  public void forget(ClientName client) {
    run("forget", store -> store.forget(client));
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
