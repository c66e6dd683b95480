package tokenbroker.check;

import java.util.List;
import java.util.stream.Collectors;
import tokenbroker.callers.Caller;
import tokenbroker.check.Answer.Allowed;
import tokenbroker.check.Answer.Near;
import tokenbroker.check.Answer.NoSuchClient;
import tokenbroker.check.Answer.NotAllowed;
import tokenbroker.clients.Client;

/** Prints who may use a client, and why. */
final class AnswerReport {

  private static final int MOST_RULES = 5;

  private final Policy policy;
  private final Report report;

  AnswerReport(Policy policy, Report report) {
    this.policy = policy;
    this.report = report;
  }

  /** Prints all clients that the caller may use. */
  void print(Caller caller, List<Allowed> allowed) {
    report.line(
        "The caller %s may use %d of %d clients%s"
            .formatted(
                Shown.caller(caller),
                allowed.size(),
                policy.clients().size(),
                allowed.isEmpty() ? "." : ":"));
    report.list(allowed, it -> "  " + it.client().name() + ": " + placed(it));
  }

  /** Prints the answer for one client. */
  void print(Caller caller, Answer answer) {
    switch (answer) {
      case Allowed allowed -> {
        report.line(
            "Allowed: the caller %s may use client %s. This rule admits it:"
                .formatted(Shown.caller(caller), allowed.client().name()));
        report.line("  " + placed(allowed));
      }
      case NotAllowed(var client, var rules) when rules.isEmpty() ->
          report.line(
              "Not allowed (403): client %s has no callers, so nobody may use it."
                  .formatted(client.name()));
      case NotAllowed(var client, var rules) -> {
        report.line(
            "Not allowed (403): no rule of client %s admits the caller %s. %s:"
                .formatted(
                    client.name(),
                    Shown.caller(caller),
                    rules.size() > MOST_RULES
                        ? "The nearest of its %d rules".formatted(rules.size())
                        : "Its rules, the nearest first"));
        rules.stream().limit(MOST_RULES).forEach(near -> print(client, near));
      }
      case NoSuchClient(var name, var similar) -> {
        report.line(
            "Not allowed (403): there is no client %s in %s.%s"
                .formatted(
                    Shown.text(name),
                    policy.file(),
                    similar.isEmpty()
                        ? ""
                        : similar.stream()
                            .map(Object::toString)
                            .collect(Collectors.joining(" or ", " Did you mean ", "?"))));
      }
    }
  }

  private void print(Client client, Near near) {
    report.line(
        "  %s (%s)"
            .formatted(
                Shown.rule(near.rule()),
                Shown.place(policy.file(), policy.line(client, near.rule()))));
    report.line("      " + near.difference().text());
  }

  private String placed(Allowed allowed) {
    return "%s (%s)"
        .formatted(
            Shown.rule(allowed.rule()),
            Shown.place(policy.file(), policy.line(allowed.client(), allowed.rule())));
  }
}
