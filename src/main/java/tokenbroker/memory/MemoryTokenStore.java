package tokenbroker.memory;

import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tokenbroker.time.Clocks;
import tokenbroker.time.Moment;
import tokenbroker.time.Now;
import tokenbroker.tokens.AccessToken;
import tokenbroker.tokens.Account;
import tokenbroker.tokens.Announcement;
import tokenbroker.tokens.LocalCoordination;
import tokenbroker.tokens.LocalTokens;
import tokenbroker.tokens.TokenStore;
import tokenbroker.tokens.UpstreamFailure;

/** A token store for one replica, shared with no other. */
public final class MemoryTokenStore implements TokenStore {

  /** The heap that an entry retains in addition to its token, in bytes. */
  private static final int ENTRY = 300;

  private final Clocks clocks;
  private final Moment since;
  private final AtomicLong serial = new AtomicLong();

  /** The stored tokens. A token that is evicted for lack of space is fetched again. */
  private final ConcurrentMap<Account, Kept> tokens =
      Caffeine.newBuilder()
          .maximumWeight(LocalTokens.room(Runtime.getRuntime().maxMemory()))
          .weigher((Account account, Kept kept) -> ENTRY + kept.token.bytes())
          .executor(Runnable::run)
          .build()
          .asMap();

  private final LocalCoordination coordination;

  public MemoryTokenStore(Clocks clocks) {
    this.clocks = clocks;
    this.since = clocks.moment();
    this.coordination = new LocalCoordination(clocks.ticker());
  }

  @Override
  public Stored look(Account account) {
    var now = clocks.now();
    var kept = tokens.computeIfPresent(account, (name, held) -> held.ifAlive(now));
    var failure = coordination.failure(account);
    var failing = failure == null ? "" : Long.toString(failure.retryAt().nanos());
    return kept == null
        ? new Stored(null, new Revision("", failing), failure)
        : new Stored(kept.token, new Revision(kept.revision, failing), failure);
  }

  @Override
  public Lookup lookOrLease(Account account, Revision seen) {
    var stored = look(account);
    return new Lookup(
        stored,
        seen.equals(Revision.UNKNOWN) || seen.equals(stored.revision())
            ? coordination.tryLease(account)
            : null);
  }

  @Override
  public boolean keep(Account account, AccessToken token, Revision seen, Announcement news) {
    if (!put(account, token, seen)) {
      return false;
    }
    coordination.forgetFailure(account);
    coordination.announce(news);
    return true;
  }

  @Override
  public boolean restore(Account account, AccessToken token, Revision seen) {
    if (!put(account, token, seen)) {
      return false;
    }
    coordination.announce(Announcement.of(Announcement.Kind.RENEWED, account));
    return true;
  }

  private boolean put(Account account, AccessToken token, Revision seen) {
    var mine = new Kept(token, Long.toString(serial.incrementAndGet()));
    var now = clocks.now();
    if (mine.ifAlive(now) == null) {
      return false;
    }
    return tokens
        .compute(
            account,
            (name, before) ->
                before == null
                        || before.ifAlive(now) == null
                        || seen.equals(Revision.UNKNOWN)
                        || seen.token().equals(before.revision)
                    ? mine
                    : before)
        .equals(mine);
  }

  @Override
  public void remember(Account account, UpstreamFailure failure) {
    coordination.remember(account, failure);
  }

  @Override
  public Optional<Duration> claimForcedFetch(Account account, Duration period) {
    return coordination.claimForcedFetch(account, period);
  }

  @Override
  public void forget(Account account) {
    tokens.remove(account);
    coordination.forget(account);
  }

  @Override
  public void drop(Account account) {
    forget(account);
    coordination.announce(Announcement.of(Announcement.Kind.REMOVED, account));
  }

  @Override
  public void onAnnouncement(Consumer<Announcement> listener) {
    coordination.listen(listener);
  }

  @Override
  public Optional<Moment> hearingSince() {
    return Optional.of(since);
  }

  @Override
  public boolean isUp() {
    return true;
  }

  /**
   * A token in the store.
   *
   * @param revision a unique name of this entry
   */
  private record Kept(AccessToken token, String revision) {
    @Nullable Kept ifAlive(Now now) {
      return token.remaining(now).isPositive() ? this : null;
    }
  }
}
