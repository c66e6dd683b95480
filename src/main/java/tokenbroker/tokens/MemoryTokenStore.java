package tokenbroker.tokens;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The store of one replica that shares nothing, and what a replica goes on with while the shared
 * store does not answer.
 */
public final class MemoryTokenStore implements TokenStore {

  private static final Duration FAILURE_REMEMBERED = Duration.ofSeconds(60);

  private final Clock clock;
  private final Instant since;
  private final AtomicLong serial = new AtomicLong();
  private final Map<Account, Kept> tokens = new ConcurrentHashMap<>();
  private final Map<Account, UpstreamFailure> failures = new ConcurrentHashMap<>();
  private final Map<Account, Instant> forced = new ConcurrentHashMap<>();
  private final Map<Account, Lease> leases = new ConcurrentHashMap<>();
  private final List<Consumer<Announcement>> listeners = new CopyOnWriteArrayList<>();

  public MemoryTokenStore(Clock clock) {
    this.clock = clock;
    this.since = clock.instant();
  }

  @Override
  public Stored look(Account account) {
    var now = clock.instant();
    var kept = tokens.computeIfPresent(account, (name, held) -> held.ifAlive(now));
    var failure =
        failures.computeIfPresent(
            account,
            (name, held) -> now.isBefore(held.retryAt().plus(FAILURE_REMEMBERED)) ? held : null);
    var failing = failure == null ? "" : failure.retryAt().toString();
    return kept == null
        ? new Stored(null, new Revision("", failing), failure)
        : new Stored(kept.token, new Revision(kept.revision, failing), failure);
  }

  @Override
  public Looked lookOrLease(Account account, Revision seen) {
    var stored = look(account);
    return new Looked(
        stored,
        seen.equals(Revision.UNKNOWN) || seen.equals(stored.revision()) ? tryLease(account) : null);
  }

  @Override
  public boolean keep(Account account, AccessToken token, Revision seen, Announcement news) {
    var mine = new Kept(token, Long.toString(serial.incrementAndGet()));
    var now = clock.instant();
    var held =
        tokens.compute(
            account,
            (name, before) -> {
              var current = before == null || before.ifAlive(now) == null ? "" : before.revision;
              return seen.equals(Revision.UNKNOWN) || seen.token().equals(current) ? mine : before;
            });
    if (!held.revision.equals(mine.revision)) {
      return false;
    }
    failures.remove(account);
    announce(news);
    return true;
  }

  @Override
  public void remember(Account account, UpstreamFailure failure) {
    failures.put(account, failure);
    announce(Announcement.of(Announcement.Kind.FAILED, account));
  }

  @Override
  public Optional<Duration> claimForcedFetch(Account account, Duration period) {
    var now = clock.instant();
    var before = forced.get(account);
    var free = before == null || !now.isBefore(before);
    var mine = now.plus(period);
    if (free
        && (before == null
            ? forced.putIfAbsent(account, mine) == null
            : forced.replace(account, before, mine))) {
      return Optional.empty();
    }
    return Optional.of(Duration.between(now, forced.getOrDefault(account, mine)));
  }

  @Override
  public void forget(Account account) {
    tokens.remove(account);
    failures.remove(account);
    forced.remove(account);
  }

  @Override
  public void onAnnouncement(Consumer<Announcement> listener) {
    listeners.add(listener);
  }

  @Override
  public Optional<Instant> hearingSince() {
    return Optional.of(since);
  }

  @Override
  public boolean isUp() {
    return true;
  }

  private @Nullable Lease tryLease(Account account) {
    var mine =
        new Lease() {
          @Override
          public void close() {
            leases.remove(account, this);
          }
        };
    return leases.putIfAbsent(account, mine) == null ? mine : null;
  }

  private void announce(Announcement news) {
    listeners.forEach(listener -> listener.accept(news));
  }

  private record Kept(AccessToken token, String revision) {
    @Nullable Kept ifAlive(Instant now) {
      return now.isBefore(token.expiresAt()) ? this : null;
    }
  }
}
