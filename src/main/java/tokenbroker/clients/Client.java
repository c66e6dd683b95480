package tokenbroker.clients;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tokenbroker.callers.Caller;
import tokenbroker.callers.CallerRule;

/**
 * One client: where its tokens come from and who may have them.
 *
 * @param scope the scope to ask for; null asks for none
 * @param returnTo where a browser may be sent after a user has connected an account; compared
 *     exactly
 * @param callers who may use the client; empty admits nobody
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

  /** The first rule that lets the caller in; empty where none does. */
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
