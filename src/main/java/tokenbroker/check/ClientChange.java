package tokenbroker.check;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tokenbroker.callers.CallerRule;
import tokenbroker.clients.Client;

/**
 * What a new clients file changes for one client.
 *
 * @param before null if the client is new
 * @param after null if the client is removed
 * @param gains the new rules that admit callers whom no old rule admits
 * @param losses the old rules that admit callers whom no new rule admits
 */
record ClientChange(
    @Nullable Client before,
    @Nullable Client after,
    List<RuleChange> gains,
    List<RuleChange> losses) {

  /**
   * A rule whose callers gain or lose access.
   *
   * @param unchanged the rules of the other file that admit some of these callers. They have access
   *     in both files.
   */
  record RuleChange(CallerRule rule, List<CallerRule> unchanged) {}

  /** Compares two versions of a client. At least one of them is not null. */
  static ClientChange between(@Nullable Client before, @Nullable Client after) {
    var old = before == null ? List.<CallerRule>of() : before.callers();
    var now = after == null ? List.<CallerRule>of() : after.callers();
    return new ClientChange(before, after, onlyIn(now, old), onlyIn(old, now));
  }

  /** Returns the client, as it is now or as it was. */
  Client client() {
    if (after != null) {
      return after;
    }
    if (before == null) {
      throw new IllegalStateException("neither file has the client");
    }
    return before;
  }

  boolean changesAccess() {
    return !gains.isEmpty() || !losses.isEmpty();
  }

  /**
   * Returns the rules that no other rule covers. It leaves out a rule that another rule of the same
   * list covers as well.
   */
  private static List<RuleChange> onlyIn(List<CallerRule> rules, List<CallerRule> others) {
    var distinct = rules.stream().distinct().toList();
    return distinct.stream()
        .filter(rule -> others.stream().noneMatch(other -> other.covers(rule)))
        .filter(
            rule -> distinct.stream().noneMatch(wide -> !wide.equals(rule) && wide.covers(rule)))
        .map(rule -> new RuleChange(rule, others.stream().distinct().filter(rule::covers).toList()))
        .toList();
  }
}
