package tokenbroker.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static tokenbroker.tokens.Replica.client;

import java.util.List;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import tokenbroker.clients.Client;
import tokenbroker.clients.CredentialsProof.ProofResult;
import tokenbroker.memory.MemoryTokenStore;
import tokenbroker.testing.SettableClock;
import tokenbroker.tokens.FailureCause.Local;
import tokenbroker.tokens.FailureCause.OAuthError;
import tokenbroker.tokens.FailureCause.Outage;
import tokenbroker.tokens.FetchResult.Failed;

/**
 * Proves how new credentials are tried for a client that may use only the code and refresh grants.
 */
class CredentialsTrialTest {

  private static final FetchResult NOT_THIS_GRANT = new Failed(OAuthError.UNAUTHORIZED_CLIENT);

  private final SettableClock clock = new SettableClock();
  private final FakeTokenSource upstream = new FakeTokenSource(clock);
  private final Client candidate = client("acme", "v2");
  private final TokenOwner connection =
      new TokenOwner(candidate.name(), new ConnectionId("A".repeat(22)));
  private volatile BiFunction<Client, TokenOwner, FetchResult> answer =
      (client, owner) -> upstream.fetch(client, owner, "");
  private final Replica replica =
      new Replica(
          "a",
          (client, owner, seen) -> answer.apply(client, owner),
          new MemoryTokenStore(clock.clocks()),
          clock);

  @Test
  void aRenewalOfAConnectionProvesThem() {
    replica.connected = List.of(connection);
    ownGrantIsNotAllowed(upstream.newToken(candidate));

    assertThat(replica.trial.prove(candidate)).isEqualTo(new ProofResult.Proven());
    assertThat(replica.nearby.get(connection)).isNotNull();
  }

  /** The upstream authenticates the client before it checks the refresh token. */
  @Test
  void aConnectionWhoseRefreshTokenIsDeadProvesThemToo() {
    replica.connected = List.of(connection);
    ownGrantIsNotAllowed(new Failed(Local.RECONNECT_REQUIRED));

    assertThat(replica.trial.prove(candidate)).isEqualTo(new ProofResult.Proven());
  }

  @Test
  void wrongOnesAreRefusedAndHarmNobody() {
    replica.connected = List.of(connection);
    ownGrantIsNotAllowed(new Failed(OAuthError.INVALID_CLIENT));

    assertThat(replica.trial.prove(candidate)).isEqualTo(new ProofResult.Refused("invalid_client"));
    assertThat(replica.outcomes.areWorking(candidate)).isTrue();
    assertThat(replica.outcomes.failureOf(connection)).isEmpty();
  }

  @Test
  void aConnectionThatSaysNothingIsPassedOver() {
    var silent = new TokenOwner(candidate.name(), new ConnectionId("B".repeat(22)));
    replica.connected = List.of(silent, connection);
    answer =
        (client, owner) -> {
          if (!owner.isConnection()) {
            return NOT_THIS_GRANT;
          }
          return owner.equals(silent)
              ? new Failed(Outage.HTTP_5XX, null)
              : upstream.newToken(client);
        };

    assertThat(replica.trial.prove(candidate)).isEqualTo(new ProofResult.Proven());
  }

  @Test
  void withoutAConnectionTheyStayUnproven() {
    answer = (client, owner) -> NOT_THIS_GRANT;

    assertThat(replica.trial.prove(candidate))
        .isEqualTo(new ProofResult.Refused("unauthorized_client"));
  }

  /**
   * Another fetch with the credentials in use renewed the connection in the meantime. This proves
   * nothing about the new ones.
   */
  @Test
  void aTokenThatOtherCredentialsFetchedIsNoProof() {
    replica.connected = List.of(connection);
    ownGrantIsNotAllowed(upstream.newToken(client("acme", "v1")));

    assertThat(replica.trial.prove(candidate)).isNotInstanceOf(ProofResult.Proven.class);
  }

  private void ownGrantIsNotAllowed(FetchResult ofConnections) {
    answer = (client, owner) -> owner.isConnection() ? ofConnections : NOT_THIS_GRANT;
  }
}
