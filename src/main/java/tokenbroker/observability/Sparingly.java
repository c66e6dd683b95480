package tokenbroker.observability;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import tokenbroker.time.Moment;
import tokenbroker.time.Ticker;

/**
 * Lets the first of a kind through, then one a minute with the number of those in between. So who
 * floods the broker does not flood its audit.
 */
final class Sparingly {

  private static final Duration PAUSE = Duration.ofMinutes(1);

  /** Who comes after so many others counts as new: the kinds may hold what callers chose. */
  private static final int MOST_KINDS = 256;

  private final Ticker ticker;

  private final Map<Kind, Last> last =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Kind, Last> eldest) {
          return size() > MOST_KINDS;
        }
      };

  Sparingly(Ticker ticker) {
    this.ticker = ticker;
  }

  /** Returns how many like it were held back before; empty if this one is held back as well. */
  synchronized OptionalLong admit(Kind kind) {
    var now = ticker.now();
    var before = last.get(kind);
    if (before != null && now.isBefore(before.at.plus(PAUSE))) {
      last.put(kind, new Last(before.at, before.heldBack + 1));
      return OptionalLong.empty();
    }
    last.put(kind, new Last(now, 0));
    return OptionalLong.of(before == null ? 0 : before.heldBack);
  }

  /** What counts as the same: an event of one caller, or of nobody in particular. */
  record Kind(AuditEvent event, String outcome, @Nullable String issuer, @Nullable String subject) {

    static Kind of(AuditEntry entry) {
      var caller = entry.caller;
      return new Kind(
          entry.event,
          entry.outcome,
          caller == null ? null : caller.issuer(),
          caller == null ? null : caller.subject());
    }
  }

  private record Last(Moment at, long heldBack) {}
}
