package tokenbroker.usage;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import tokenbroker.callers.Caller;
import tokenbroker.clients.ClientName;
import tokenbroker.time.LastHour;
import tokenbroker.time.Ticker;

/**
 * Counts how callers used clients in the last hour. Its size is bounded: if more callers use more
 * clients than it can hold, it forgets those that were used least. Thread-safe, and cheap enough
 * for the hit path.
 *
 * <p>When it is full, it begins to count a pair only at one of {@value #ONE_OF} requests, by
 * chance. A frequent pair is counted soon all the same. Rare ones would otherwise push each other
 * out at each request.
 */
@Singleton
public final class Usage {

  /** The maximum that all pairs retain, as a part of the heap, and in bytes. */
  private static final int PART_OF_HEAP = 256;

  private static final long MOST_BYTES = 10 << 20;

  /** The weight of a pair in bytes. A long subject counts as several pairs. */
  static final int PLACE = 512;

  /** The bytes that a pair retains besides its subject, the cache's own overhead included. */
  private static final int BARE = 400;

  private static final int ONE_OF = 16;

  private static final Duration REMEMBERED = Duration.ofHours(1);

  private final Ticker ticker;
  private final Cache<Pair, Counts> counts;

  /** The number of pairs from which on there may be no room. */
  private final long places;

  /** A client, and a caller by its issuer's configured name and its subject. */
  private record Pair(ClientName client, String issuer, String subject) {

    int bytes() {
      return BARE + 2 * subject.length();
    }
  }

  private record Counts(LastHour requests, LastHour vainReports) {}

  @Inject
  Usage(Ticker ticker, MeterRegistry registry) {
    this(ticker, registry, room(Runtime.getRuntime().maxMemory()));
  }

  /**
   * Creates counts with a size limit.
   *
   * @param bytes the maximum that all pairs retain
   */
  Usage(Ticker ticker, MeterRegistry registry, long bytes) {
    this.ticker = ticker;
    this.places = bytes / PLACE;
    this.counts =
        Caffeine.newBuilder()
            .maximumWeight(bytes)
            .weigher((Pair pair, Counts _) -> Math.max(PLACE, pair.bytes()))
            .expireAfterAccess(REMEMBERED)
            .ticker(() -> ticker.now().nanos())
            .executor(Runnable::run) // Maintenance costs less than a thread switch.
            .build();
    for (var kind : Misuse.values()) {
      Gauge.builder("token_broker.misuse.callers", this, usage -> usage.misusing(kind))
          .description("Callers that use a client far more than they need to, by kind")
          .tag("kind", kind.word())
          .strongReference(true)
          .register(registry);
    }
  }

  /** Returns how many bytes the counts may retain with this heap. */
  static long room(long heap) {
    return Math.min(MOST_BYTES, heap / PART_OF_HEAP);
  }

  /** Records that an admitted caller requested a token. */
  public void requested(ClientName client, Caller caller) {
    var pair = new Pair(client, caller.issuer(), caller.subject());
    var known = counts.getIfPresent(pair);
    if (known != null) {
      known.requests.add(ticker.now());
    } else if (counts.estimatedSize() < places
        || ThreadLocalRandom.current().nextInt(ONE_OF) == 0) {
      of(pair).requests.add(ticker.now());
    }
  }

  /** Records that a caller reported a token as dead that probably was not. */
  public void reportedInVain(ClientName client, Caller caller) {
    of(new Pair(client, caller.issuer(), caller.subject())).vainReports.add(ticker.now());
  }

  private Counts of(Pair pair) {
    return counts.get(
        pair, _ -> new Counts(new LastHour(ticker.now()), new LastHour(ticker.now())));
  }

  /** Returns who used what in the last hour, in no particular order. */
  public List<Use> uses() {
    var now = ticker.now();
    return counts.asMap().entrySet().stream()
        .map(
            entry -> {
              var pair = entry.getKey();
              var of = entry.getValue();
              return new Use(
                  pair.client,
                  pair.issuer,
                  pair.subject,
                  of.requests.sum(now),
                  (double) of.requests.lastStep(now) / LastHour.STEP.toSeconds(),
                  of.vainReports.sum(now));
            })
        .filter(use -> use.requests() > 0 || use.vainReports() > 0)
        .toList();
  }

  private long misusing(Misuse kind) {
    return uses().stream().filter(use -> use.is(kind)).count();
  }
}
