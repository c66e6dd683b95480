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
  private final ConcurrentMap<TokenOwner, UpstreamFailure> failures = bounded();
  private final ConcurrentMap<TokenOwner, Moment> forced = bounded();
  private final Map<TokenOwner, Lease> leases = new ConcurrentHashMap<>();
  private final List<Consumer<Announcement>> listeners = new CopyOnWriteArrayList<>();

  public LocalCoordination(Ticker ticker) {
    this.ticker = ticker;
  }

  /** Returns a map that evicts the least used entries when it is full. */
  private static <V> ConcurrentMap<TokenOwner, V> bounded() {
    return Caffeine.newBuilder()
        .maximumSize(MOST)
        .executor(Runnable::run)
        .<TokenOwner, V>build()
        .asMap();
  }

  public @Nullable UpstreamFailure failure(TokenOwner owner) {
    var now = ticker.now();
    return failures.computeIfPresent(owner, (name, held) -> isOver(held, now) ? null : held);
  }

  public void remember(TokenOwner owner, UpstreamFailure failure) {
    failures.put(owner, failure);
    announce(Announcement.of(Announcement.Kind.FAILED, owner));
  }

  private static boolean isOver(UpstreamFailure failure, Moment now) {
    return !now.isBefore(failure.retryAt().plus(FAILURE_REMEMBERED));
  }

  public void forgetFailure(TokenOwner owner) {
    failures.remove(owner);
  }

  /**
   * Claims a forced fetch. Returns empty if it succeeds, else the delay until the next claim can.
   */
  public Optional<Duration> claimForcedFetch(TokenOwner owner, Duration period) {
    var now = ticker.now();
    var mine = now.plus(period);
    var before = forced.putIfAbsent(owner, mine);
    if (before == null || (!now.isBefore(before) && forced.replace(owner, before, mine))) {
      return Optional.empty();
    }
    return Optional.of(now.isBefore(before) ? now.until(before) : period);
  }

  public @Nullable Lease tryLease(TokenOwner owner) {
    var mine =
        new Lease() {
          @Override
          public void close() {
            leases.remove(owner, this);
          }
        };
    return leases.putIfAbsent(owner, mine) == null ? mine : null;
  }

  public void forget(TokenOwner owner) {
    failures.remove(owner);
    forced.remove(owner);
  }

  public void listen(Consumer<Announcement> listener) {
    listeners.add(listener);
  }

  public void announce(Announcement news) {
    listeners.forEach(listener -> listener.accept(news));
  }
}
