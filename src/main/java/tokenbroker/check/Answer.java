package tokenbroker.check;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import tokenbroker.callers.Caller;
import tokenbroker.callers.CallerRule;
import tokenbroker.clients.Client;
import tokenbroker.clients.ClientName;
import tokenbroker.config.Spelling;

/** Whether a caller may use a client, and why. */
sealed interface Answer {

  /** The rule admits the caller. */
  record Allowed(Client client, CallerRule rule) implements Answer {}

  /**
   * No rule of the client admits the caller.
   *
   * @param rules all rules of the client, the nearest first
   */
  record NotAllowed(Client client, List<Near> rules) implements Answer {}

  /**
   * The policy has no such client.
   *
   * @param similar the clients with a similar name
   */
  record NoSuchClient(String name, List<ClientName> similar) implements Answer {}

  /** A rule that does not admit the caller, and why not. */
  record Near(CallerRule rule, Difference difference) {}

  /** Answers for the client with this name. */
  static Answer of(Policy policy, String name, Caller caller) {
    var client = policy.find(name).orElse(null);
    if (client == null) {
      return new NoSuchClient(name, similar(policy, name));
    }
    return client
        .admits(caller)
        .<Answer>map(rule -> new Allowed(client, rule))
        .orElseGet(() -> new NotAllowed(client, nearest(client, caller)));
  }

  /** Returns the answer for each client that the caller may use, in the order of the file. */
  static List<Allowed> allowed(Policy policy, Caller caller) {
    return policy.clients().values().stream()
        .flatMap(client -> client.admits(caller).stream().map(rule -> new Allowed(client, rule)))
        .toList();
  }

  private static List<Near> nearest(Client client, Caller caller) {
    return client.callers().stream()
        .distinct()
        .map(rule -> new Near(rule, Difference.of(rule, caller)))
        .sorted(Comparator.comparingInt(near -> near.difference().distance()))
        .toList();
  }

  private static List<ClientName> similar(Policy policy, String name) {
    record Candidate(ClientName name, int errors) {}
    Stream<Candidate> candidates =
        policy.clients().keySet().stream()
            .filter(it -> Math.abs(it.value().length() - name.length()) <= Spelling.MOST_ERRORS)
            .map(it -> new Candidate(it, Spelling.errors(name, it.value())));
    return candidates
        .filter(it -> it.errors() <= Spelling.MOST_ERRORS)
        .sorted(Comparator.comparingInt(Candidate::errors))
        .limit(3)
        .map(Candidate::name)
        .toList();
  }
}
