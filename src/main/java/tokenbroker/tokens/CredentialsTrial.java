package tokenbroker.tokens;

import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.function.Consumer;
import tokenbroker.clients.Client;
import tokenbroker.clients.ClientName;
import tokenbroker.clients.CredentialsProof;
import tokenbroker.tokens.FailureCause.Local;
import tokenbroker.tokens.FailureCause.OAuthError;
import tokenbroker.tokens.TokenResult.Failed;
import tokenbroker.tokens.TokenResult.Issued;
import tokenbroker.tokens.TokenResult.NotIssued;

/**
 * A proof of new credentials by a fetch that uses them. A token that another replica fetched with
 * them counts too. A client without the client-credentials grant proves them by refreshing a
 * connection.
 */
@Singleton
public class CredentialsTrial implements CredentialsProof {

  private static final int MOST_CONNECTIONS = 3;

  private final TokenBroker broker;
  private final RecentOutcomes outcomes;
  private final ConnectedAccounts connected;

  CredentialsTrial(TokenBroker broker, RecentOutcomes outcomes, ConnectedAccounts connected) {
    this.broker = broker;
    this.outcomes = outcomes;
    this.connected = connected;
  }

  @Override
  public ProofResult prove(Client candidate) {
    var own = broker.tryCredentials(candidate, TokenOwner.of(candidate.name()));
    return own instanceof Failed(var cause, _) && cause == OAuthError.UNAUTHORIZED_CLIENT
        ? provenByConnection(candidate).orElseGet(() -> verdict(candidate, own))
        : verdict(candidate, own);
  }

  /** Returns the verdict of the first connection that decides; empty if none does. */
  private Optional<ProofResult> provenByConnection(Client candidate) {
    return connected.some(candidate, MOST_CONNECTIONS).stream()
        .map(owner -> verdict(candidate, broker.tryCredentials(candidate, owner)))
        .filter(verdict -> !(verdict instanceof ProofResult.Undecided))
        .findFirst();
  }

  private static ProofResult verdict(Client candidate, TokenResult result) {
    return switch (result) {
      case Issued(var token, _, _) ->
          token.provenance().isWithCredentialsOf(candidate)
              ? new ProofResult.Proven()
              : new ProofResult.Undecided();
      case Failed(OAuthError error, _) -> new ProofResult.Refused(error.label());
      // The upstream checks the client first (RFC 6749 §3.2.1), so here only the refresh token is
      // dead.
      case Failed(var cause, _) when cause == Local.RECONNECT_REQUIRED -> new ProofResult.Proven();
      case NotIssued _ -> new ProofResult.Undecided();
    };
  }

  @Override
  public boolean working(Client client) {
    return outcomes.areWorking(client);
  }

  @Override
  public void onRefused(Consumer<ClientName> listener) {
    outcomes.onCredentialsRefused(listener);
  }
}
