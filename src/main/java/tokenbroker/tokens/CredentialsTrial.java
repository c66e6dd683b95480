package tokenbroker.tokens;

import jakarta.inject.Singleton;
import tokenbroker.clients.Client;
import tokenbroker.clients.ClientName;
import tokenbroker.clients.CredentialsProof;
import tokenbroker.tokens.TokenResult.Issued;
import tokenbroker.tokens.TokenResult.NotIssued;
import tokenbroker.tokens.TokenResult.Rejected;

/** Proves new credentials by a fetch with them; one that another replica made will do. */
@Singleton
public class CredentialsTrial implements CredentialsProof {

  private final TokenBroker broker;
  private final KnownFailures failures;

  CredentialsTrial(TokenBroker broker, KnownFailures failures) {
    this.broker = broker;
    this.failures = failures;
  }

  @Override
  public Verdict prove(Client candidate) {
    return switch (broker.tryCredentials(candidate)) {
      case Issued _ -> new Verdict.Proven();
      case Rejected(var error, _) -> new Verdict.Refused(error.code());
      case NotIssued _ -> new Verdict.Undecided();
    };
  }

  @Override
  public boolean working(ClientName client) {
    return failures
        .of(Account.of(client))
        .filter(failure -> failure.kind() == UpstreamFailure.Kind.REJECTED)
        .isEmpty();
  }
}
