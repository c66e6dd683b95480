package tokenbroker.clients;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tokenbroker.callers.Caller;
import tokenbroker.callers.CallerRule;

/**
 * One client: the upstream that issues its tokens, and the callers that may use them.
 *
 * @param scope the scope to request; null to request none
 * @param returnTo the addresses to which a browser may be redirected after a user has connected an
 *     account; compared exactly
 * @param callers the rules that admit callers; an empty list admits nobody
 * @param knownCredentials null until the secrets directory holds them
 */
public record Client(
    ClientName name,
    Upstream upstream,
    @Nullable String scope,
    List<String> returnTo,
    List<CallerRule> callers,
    @Nullable ClientCredentials knownCredentials) {

  public Client {
    returnTo = List.copyOf(returnTo);
    callers = List.copyOf(callers);
  }

  /** Returns the first rule that admits the caller, or empty if no rule does. */
  public Optional<CallerRule> admits(Caller caller) {
    for (var rule : callers) {
      if (rule.admits(caller)) {
        return Optional.of(rule);
      }
    }
    return Optional.empty();
  }

  public Optional<ClientCredentials> credentials() {
    return Optional.ofNullable(knownCredentials);
  }

  public Client with(@Nullable ClientCredentials credentials) {
    return new Client(name, upstream, scope, returnTo, callers, credentials);
  }
}
