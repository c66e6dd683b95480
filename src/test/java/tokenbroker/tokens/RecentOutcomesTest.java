package tokenbroker.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static tokenbroker.tokens.Replica.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tokenbroker.clients.Client;
import tokenbroker.clients.ClientName;
import tokenbroker.testing.SettableClock;
import tokenbroker.tokens.FailureCause.OAuthError;

/** Proves when a client's credentials count as working, from the fetches of all its owners. */
class RecentOutcomesTest {

  private final SettableClock clock = new SettableClock();
  private final FakeTokenSource upstream = new FakeTokenSource(clock);
  private final RecentOutcomes outcomes = new RecentOutcomes();
  private final Client acme = client("acme");
  private final TokenOwner own = TokenOwner.of(acme.name());
  private final TokenOwner connection =
      new TokenOwner(acme.name(), new ConnectionId("A".repeat(22)));
  private final List<ClientName> refused = new ArrayList<>();

  RecentOutcomesTest() {
    outcomes.onCredentialsRefused(refused::add);
  }

  @Test
  void invalidClientIsARefusalWhateverTheAccount() {
    fails(connection, OAuthError.INVALID_CLIENT);

    assertThat(outcomes.areWorking(acme)).isFalse();
    assertThat(refused).containsExactly(acme.name());
    assertThat(outcomes.areWorking(client("acme", "v2"))).isTrue();
  }

  /** The client may use only the code grant, so it could never get a token of its own. */
  @Test
  void unauthorizedClientForAGrantThatNeverWorkedIsNoRefusal() {
    succeeds(connection);
    fails(own, OAuthError.UNAUTHORIZED_CLIENT);

    assertThat(outcomes.areWorking(acme)).isTrue();
    assertThat(refused).isEmpty();
  }

  /** Keycloak returns this error for a wrong secret. */
  @Test
  void unauthorizedClientForAGrantThatWorkedBeforeIsARefusal() {
    succeeds(own);
    fails(own, OAuthError.UNAUTHORIZED_CLIENT);

    assertThat(outcomes.areWorking(acme)).isFalse();
  }

  @Test
  void unauthorizedClientOfCredentialsThatNeverWorkedIsARefusal() {
    fails(connection, OAuthError.UNAUTHORIZED_CLIENT);

    assertThat(outcomes.areWorking(acme)).isFalse();
  }

  @Test
  void anyOtherFailureSaysNothingOfTheCredentials() {
    fails(own, OAuthError.INVALID_SCOPE);
    fails(connection, OAuthError.INVALID_GRANT);

    assertThat(outcomes.areWorking(acme)).isTrue();
    assertThat(outcomes.failureOf(own)).isPresent();
  }

  @Test
  void aSuccessWithTheSameCredentialsTakesTheRefusalBack() {
    fails(own, OAuthError.INVALID_CLIENT);
    succeeds(connection);

    assertThat(outcomes.areWorking(acme)).isTrue();
  }

  @Test
  void theLastSuccessIsTheClientsOwn() {
    succeeds(connection);
    assertThat(outcomes.lastSuccess(acme.name())).isNull();
    succeeds(own);
    var at = clock.instant();
    clock.advance(Duration.ofHours(1));
    succeeds(connection);

    assertThat(outcomes.lastSuccess(acme.name())).isEqualTo(at);
    outcomes.forget(own);
    assertThat(outcomes.lastSuccess(acme.name())).isNull();
  }

  private void succeeds(TokenOwner owner) {
    outcomes.succeeded(owner, upstream.token("token", acme));
  }

  private void fails(TokenOwner owner, OAuthError error) {
    var now = clock.now();
    outcomes.failed(
        owner,
        new UpstreamFailure(
            error, null, 1, now, now.plus(Duration.ofSeconds(30)), Provenance.of(acme, owner)));
  }
}
