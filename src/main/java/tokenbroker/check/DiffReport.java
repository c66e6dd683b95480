package tokenbroker.check;

import java.util.ArrayList;
import java.util.List;
import tokenbroker.check.ClientChange.RuleChange;
import tokenbroker.check.PolicyDiff.UpstreamChange;

/** Prints the differences between two clients files. */
final class DiffReport {

  private final Policy old;
  private final Policy next;
  private final Report report;

  DiffReport(Policy old, Policy next, Report report) {
    this.old = old;
    this.next = next;
    this.report = report;
  }

  void print(PolicyDiff diff) {
    report.list(diff.upstreams(), DiffReport::upstream);
    report.list(diff.clients(), this::client);
    if (diff.clients().stream().noneMatch(ClientChange::changesAccess)) {
      report.line("Nobody gains or loses access.");
    } else {
      report.line(
          "Clients to which callers gain access: %d. Clients to which callers lose access: %d."
              .formatted(
                  diff.clients().stream().filter(change -> !change.gains().isEmpty()).count(),
                  diff.clients().stream().filter(change -> !change.losses().isEmpty()).count()));
    }
  }

  private static String upstream(UpstreamChange change) {
    var lines = new ArrayList<String>();
    lines.add("upstream %s, used by %d".formatted(change.after().name(), change.users()));
    ClientSettings.changes(change.before(), change.after()).forEach(line -> lines.add("  " + line));
    return String.join(System.lineSeparator(), lines);
  }

  private String client(ClientChange change) {
    var lines = new ArrayList<String>();
    lines.add("client " + change.client().name() + kind(change));
    change.gains().forEach(gain -> lines.addAll(gain(change, gain)));
    change.losses().forEach(loss -> lines.addAll(loss(change, loss)));
    if (change.before() != null && change.after() != null) {
      ClientSettings.changes(change.before(), change.after())
          .forEach(line -> lines.add("  " + line));
    }
    return String.join(System.lineSeparator(), lines);
  }

  private static String kind(ClientChange change) {
    if (change.before() == null) {
      return " is new, with upstream " + ClientSettings.named(change.client().upstream());
    }
    return change.after() == null ? " is removed" : "";
  }

  private List<String> gain(ClientChange change, RuleChange gain) {
    var lines = new ArrayList<String>();
    lines.add("  + gains access: " + placed(next, change, gain));
    gain.unchanged().forEach(rule -> lines.add("      had access before: " + Shown.rule(rule)));
    return lines;
  }

  private List<String> loss(ClientChange change, RuleChange loss) {
    var lines = new ArrayList<String>();
    lines.add("  - loses access: " + placed(old, change, loss));
    loss.unchanged().forEach(rule -> lines.add("      keeps access: " + Shown.rule(rule)));
    return lines;
  }

  private static String placed(Policy policy, ClientChange change, RuleChange rule) {
    var client = policy.clients().get(change.client().name());
    if (client == null) {
      throw new IllegalStateException("the rule is not from this file");
    }
    return "%s (%s)"
        .formatted(
            Shown.rule(rule.rule()), Shown.place(policy.file(), policy.line(client, rule.rule())));
  }
}
