package tokenbroker.usage;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tokenbroker.callers.Caller;
import tokenbroker.callers.Verification.Refused;
import tokenbroker.clients.ClientName;
import tokenbroker.time.Clocks;
import tokenbroker.time.LastHour;

/**
 * Counts who was refused in the last hour, and why. Its size is bounded: a flood of different
 * refusals makes it forget those that happened least. Thread-safe.
 */
@Singleton
public class RefusedUsage {

  /** The maximum number of kinds, if texts are of usual length: 0.4 MB. */
  static final int MOST = 400;

  /** The weight of a kind in bytes. Long texts count as several kinds. */
  static final int PLACE = 1_024;

  private static final int BARE = 500;
  private static final Duration REMEMBERED = Duration.ofHours(1);

  private final Clocks clocks;
  private final Cache<Kind, Count> refused;

  private record Kind(
      String issuer, @Nullable String subject, @Nullable ClientName client, String reason) {}

  private record Count(LastHour requests, Instant last, @Nullable String detail) {

    int bytes(Kind kind) {
      return BARE + 2 * (length(kind.subject) + length(detail));
    }

    private static int length(@Nullable String text) {
      return text == null ? 0 : text.length();
    }
  }

  public RefusedUsage(Clocks clocks) {
    this.clocks = clocks;
    this.refused =
        Caffeine.newBuilder()
            .maximumWeight((long) MOST * PLACE)
            .weigher((Kind kind, Count count) -> Math.max(PLACE, count.bytes(kind)))
            .expireAfterAccess(REMEMBERED)
            .ticker(() -> clocks.moment().nanos())
            .executor(Runnable::run)
            .build();
  }

  /** Records that a request was refused before its caller was authenticated. */
  public void unauthenticated(Refused why) {
    count(new Kind(why.issuer(), null, null, why.reason().label()), why.difference());
  }

  /**
   * Records that no rule lets the caller use the client.
   *
   * @param client the requested client, which need not exist; null if its name is malformed
   */
  public void forbidden(Caller caller, @Nullable ClientName client) {
    count(new Kind(caller.issuer(), caller.subject(), client, "forbidden"), null);
  }

  /** Records that the caller exceeded its rate limit. */
  public void rateLimited(Caller caller) {
    count(new Kind(caller.issuer(), caller.subject(), null, "rate_limited"), null);
  }

  private void count(Kind kind, @Nullable String detail) {
    refused
        .asMap()
        .compute(
            kind,
            (_, before) -> {
              var now = clocks.now();
              var requests = before == null ? new LastHour(now.moment()) : before.requests;
              requests.add(now.moment());
              return new Count(requests, now.wall(), detail);
            });
  }

  /** Returns the refused requests of the last hour, the most recent first. */
  public List<RefusedAccess> all() {
    var now = clocks.moment();
    return refused.asMap().entrySet().stream()
        .map(
            entry -> {
              var kind = entry.getKey();
              var count = entry.getValue();
              return new RefusedAccess(
                  kind.issuer,
                  kind.subject,
                  kind.client == null ? null : kind.client.value(),
                  kind.reason,
                  count.detail,
                  count.requests.sum(now),
                  count.last);
            })
        .filter(access -> access.requests() > 0)
        .sorted(Comparator.comparing(RefusedAccess::last).reversed())
        .toList();
  }
}
