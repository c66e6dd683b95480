package tokenbroker.tokens;

import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tokenbroker.time.Moment;
import tokenbroker.time.Ticker;

/**
 * The coordination of fetches within one process: failures, leases, claims of forced fetches and
 * announcements. It holds no tokens.
 */
public final class LocalCoordination {

  private static final Duration FAILURE_REMEMBERED = Duration.ofSeconds(60);

  /** The maximum number of failures and of claims. Each takes about 300 bytes: 3 MB for both. */
  private static final int MOST = 5_000;

  private final Ticker ticker;
  private final ConcurrentMap<Account, UpstreamFailure> failures = bounded();
  private final ConcurrentMap<Account, Moment> forced = bounded();
  private final Map<Account, Lease> leases = new ConcurrentHashMap<>();
  private final List<Consumer<Announcement>> listeners = new CopyOnWriteArrayList<>();

  public LocalCoordination(Ticker ticker) {
    this.ticker = ticker;
  }

  /** Returns a map that evicts the least used entries when it is full. */
  private static <V> ConcurrentMap<Account, V> bounded() {
    return Caffeine.newBuilder()
        .maximumSize(MOST)
        .executor(Runnable::run)
        .<Account, V>build()
        .asMap();
  }

  public @Nullable UpstreamFailure failure(Account account) {
    var now = ticker.now();
    return failures.computeIfPresent(account, (name, held) -> isOver(held, now) ? null : held);
  }

  public void remember(Account account, UpstreamFailure failure) {
    failures.put(account, failure);
    announce(Announcement.of(Announcement.Kind.FAILED, account));
  }

  private static boolean isOver(UpstreamFailure failure, Moment now) {
    return !now.isBefore(failure.retryAt().plus(FAILURE_REMEMBERED));
  }

  public void forgetFailure(Account account) {
    failures.remove(account);
  }

  /**
   * Claims a forced fetch. Returns empty if it succeeds, else the delay until the next claim can.
   */
  public Optional<Duration> claimForcedFetch(Account account, Duration period) {
    var now = ticker.now();
    var mine = now.plus(period);
    var before = forced.putIfAbsent(account, mine);
    if (before == null || (!now.isBefore(before) && forced.replace(account, before, mine))) {
      return Optional.empty();
    }
    return Optional.of(now.isBefore(before) ? now.until(before) : period);
  }

  public @Nullable Lease tryLease(Account account) {
    var mine =
        new Lease() {
          @Override
          public void close() {
            leases.remove(account, this);
          }
        };
    return leases.putIfAbsent(account, mine) == null ? mine : null;
  }

  public void forget(Account account) {
    failures.remove(account);
    forced.remove(account);
  }

  public void listen(Consumer<Announcement> listener) {
    listeners.add(listener);
  }

  public void announce(Announcement news) {
    listeners.forEach(listener -> listener.accept(news));
  }
}
