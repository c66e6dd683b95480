package tokenbroker.time;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Admits the first entry of a kind, then one per minute with the number of those in between. So a
 * flood of requests does not flood the log or the audit.
 *
 * @param <K> a kind: the entries that count as the same
 */
public final class Sparingly<K> {

  private static final Duration PAUSE = Duration.ofMinutes(1);

  /**
   * The maximum number of kinds. The oldest kind beyond it is forgotten and later counts as new,
   * because kinds may contain values that callers choose.
   */
  private static final int MOST_KINDS = 256;

  private final Ticker ticker;

  private final Map<K, LastLine> last =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<K, LastLine> eldest) {
          return size() > MOST_KINDS;
        }
      };

  public Sparingly(Ticker ticker) {
    this.ticker = ticker;
  }

  /**
   * Returns how many entries of this kind were suppressed before, or empty if this one is
   * suppressed as well.
   */
  public synchronized OptionalLong admit(K kind) {
    var now = ticker.now();
    var before = last.get(kind);
    if (before != null && now.isBefore(before.at.plus(PAUSE))) {
      last.put(kind, new LastLine(before.at, before.heldBack + 1));
      return OptionalLong.empty();
    }
    last.put(kind, new LastLine(now, 0));
    return OptionalLong.of(before == null ? 0 : before.heldBack);
  }

  private record LastLine(Moment at, long heldBack) {}
}
