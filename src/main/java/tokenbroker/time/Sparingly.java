package tokenbroker.observability;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import tokenbroker.time.Moment;
import tokenbroker.time.Ticker;

/**
 * Admits the first entry of a kind, then one per minute with the number of those in between. So a
 * flood of requests does not flood the audit.
 */
final class Sparingly {

  private static final Duration PAUSE = Duration.ofMinutes(1);

  /**
   * The maximum number of kinds. The oldest kind beyond it is forgotten and later counts as new,
   * because kinds may contain values that callers choose.
   */
  private static final int MOST_KINDS = 256;

  private final Ticker ticker;

  private final Map<Kind, LastLine> last =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Kind, LastLine> eldest) {
          return size() > MOST_KINDS;
        }
      };

  Sparingly(Ticker ticker) {
    this.ticker = ticker;
  }

  /**
   * Returns how many entries of this kind were suppressed before, or empty if this one is
   * suppressed as well.
   */
  synchronized OptionalLong admit(Kind kind) {
    var now = ticker.now();
    var before = last.get(kind);
    if (before != null && now.isBefore(before.at.plus(PAUSE))) {
      last.put(kind, new LastLine(before.at, before.heldBack + 1));
      return OptionalLong.empty();
    }
    last.put(kind, new LastLine(now, 0));
    return OptionalLong.of(before == null ? 0 : before.heldBack);
  }

  /** The entries that count as the same: one event of one caller, or of an unknown caller. */
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

  private record LastLine(Moment at, long heldBack) {}
}
