package tokenbroker.memory;

import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tokenbroker.time.Clocks;
import tokenbroker.time.Moment;
import tokenbroker.time.Now;
import tokenbroker.tokens.AccessToken;
import tokenbroker.tokens.Announcement;
import tokenbroker.tokens.LocalCoordination;
import tokenbroker.tokens.LocalTokens;
import tokenbroker.tokens.TokenOwner;
import tokenbroker.tokens.TokenStore;
import tokenbroker.tokens.UpstreamFailure;

/** A token store for one replica, shared with no other. */
public final class MemoryTokenStore implements TokenStore {

  private final Clocks clocks;
  private final Moment since;
  private final AtomicLong serial = new AtomicLong();

  /** The stored tokens. A token that is evicted for lack of space is fetched again. */
  private final ConcurrentMap<TokenOwner, StoredToken> tokens =
      Caffeine.newBuilder()
          .maximumWeight(LocalTokens.room(Runtime.getRuntime().maxMemory()))
          .weigher((TokenOwner owner, StoredToken kept) -> LocalTokens.bytes(owner, kept.token))
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
  public Stored look(TokenOwner owner) {
    var now = clocks.now();
    var kept = tokens.computeIfPresent(owner, (name, held) -> held.ifAlive(now));
    var failure = coordination.failure(owner);
    var failing = failure == null ? "" : Long.toString(failure.retryAt().nanos());
    return kept == null
        ? new Stored(null, new Revision("", failing), failure)
        : new Stored(kept.token, new Revision(kept.revision, failing), failure);
  }

  @Override
  public Lookup lookOrLease(TokenOwner owner, Revision seen) {
    var stored = look(owner);
    return new Lookup(
        stored,
        seen.equals(Revision.UNKNOWN) || seen.equals(stored.revision())
            ? coordination.tryLease(owner)
            : null);
  }

  @Override
  public boolean keep(TokenOwner owner, AccessToken token, Revision seen, Announcement news) {
    if (!put(
        owner,
        token,
        before ->
            before == null
                || seen.equals(Revision.UNKNOWN)
                || before.revision.equals(seen.token()))) {
      return false;
    }
    coordination.forgetFailure(owner);
    coordination.announce(news);
    return true;
  }

  @Override
  public boolean restore(TokenOwner owner, AccessToken token, Revision seen) {
    if (!put(owner, token, before -> revision(before).equals(seen.token()))) {
      return false;
    }
    coordination.announce(Announcement.of(Announcement.Kind.RENEWED, owner));
    return true;
  }

  /**
   * Stores a token.
   *
   * @param mayReplace whether it may replace the stored token, which is null if there is none
   */
  private boolean put(
      TokenOwner owner, AccessToken token, Predicate<@Nullable StoredToken> mayReplace) {
    var mine = new StoredToken(token, Long.toString(serial.incrementAndGet()));
    var now = clocks.now();
    if (mine.ifAlive(now) == null) {
      return false;
    }
    var stored =
        tokens.compute(
            owner,
            (name, before) -> {
              var live = before == null ? null : before.ifAlive(now);
              return mayReplace.test(live) ? mine : live;
            });
    return mine.equals(stored);
  }

  private static String revision(@Nullable StoredToken stored) {
    return stored == null ? "" : stored.revision;
  }

  @Override
  public void remember(TokenOwner owner, UpstreamFailure failure) {
    coordination.remember(owner, failure);
  }

  @Override
  public Optional<Duration> claimForcedFetch(TokenOwner owner, Duration period) {
    return coordination.claimForcedFetch(owner, period);
  }

  @Override
  public void forget(TokenOwner owner) {
    tokens.remove(owner);
    coordination.forget(owner);
  }

  @Override
  public void drop(TokenOwner owner) {
    forget(owner);
    coordination.announce(Announcement.of(Announcement.Kind.REMOVED, owner));
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
  private record StoredToken(AccessToken token, String revision) {
    @Nullable StoredToken ifAlive(Now now) {
      return token.remaining(now).isPositive() ? this : null;
    }
  }
}
