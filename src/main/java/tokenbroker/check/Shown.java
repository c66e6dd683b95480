package tokenbroker.check;

import java.nio.file.Path;
import java.util.Collection;
import java.util.stream.Collectors;
import tokenbroker.callers.Caller;
import tokenbroker.callers.CallerRule;
import tokenbroker.clients.file.Fault;

/** Writes callers and rules for people. */
final class Shown {

  /** Longer than the subject of any service account. */
  private static final int LONGEST = 300;

  private static final int MOST_GROUPS = 10;

  private Shown() {}

  /** Returns the text in quotes, on one line and of limited length. */
  static String text(String text) {
    return Fault.shown(text, LONGEST);
  }

  /** Returns the rule as a clients file has it. */
  static String rule(CallerRule rule) {
    return switch (rule) {
      case CallerRule.Subject _, CallerRule.SubjectPrefix _ ->
          "{ issuer: %s, subject: %s }".formatted(rule.issuer(), text(rule.label()));
      case CallerRule.Group _ ->
          "{ issuer: %s, group: %s }".formatted(rule.issuer(), text(rule.label()));
    };
  }

  static String caller(Caller caller) {
    return "%s of issuer %s (%s)"
        .formatted(text(caller.subject()), caller.issuer(), groups(caller.groups()));
  }

  static String groups(Collection<String> groups) {
    if (groups.isEmpty()) {
      return "no groups";
    }
    var shown =
        groups.stream()
            .sorted()
            .limit(MOST_GROUPS)
            .map(Shown::text)
            .collect(Collectors.joining(", "));
    var more = groups.size() - MOST_GROUPS;
    return (groups.size() == 1 ? "group " : "groups ")
        + shown
        + (more > 0 ? " and " + more + " more" : "");
  }

  static String place(Path file, int line) {
    return file + ", line " + line;
  }
}
