package tokenbroker.connections;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static tokenbroker.connections.ConnectionsFixture.ACCOUNT;
import static tokenbroker.connections.ConnectionsFixture.ACME;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tokenbroker.connections.Connection.State;
import tokenbroker.tokens.AccessToken;
import tokenbroker.tokens.FailureCause.Local;
import tokenbroker.tokens.FailureCause.OAuthError;
import tokenbroker.tokens.FailureCause.Outage;
import tokenbroker.tokens.FetchResult;
import tokenbroker.tokens.FetchResult.ClaimedElsewhere;
import tokenbroker.tokens.FetchResult.Failed;
import tokenbroker.tokens.FetchResult.Fetched;

/**
 * Proves that two replicas share the renewals of a connection, over one store and a slow upstream.
 */
class RefreshTokenSourceTest {

  private static final FetchResult LATE = new Failed(Outage.TIMEOUT);

  private final ConnectionsFixture site = new ConnectionsFixture();
  private final RefreshTokenSource one = site.source("30s");
  private final RefreshTokenSource two = site.source("30s");
  private final RefreshTokenSource impatient = site.source("50ms");
  private final List<AccessToken> late = new CopyOnWriteArrayList<>();

  @BeforeEach
  void connect() {
    site.connect("one");
    one.onLate((account, token) -> late.add(token));
    impatient.onLate((account, token) -> late.add(token));
  }

  @Test
  void aRenewalThatOutlastsItsCallersKeepsTheOtherReplicaFromTheRefreshToken() {
    var answered = site.grants.hold();
    assertThat(impatient.fetch(ACME, ACCOUNT, "")).isEqualTo(LATE);
    assertThat(two.fetch(ACME, ACCOUNT, "")).isInstanceOf(ClaimedElsewhere.class);
    answered.countDown();

    await().until(() -> late.size() == 1);
    assertThat(site.grants.refreshed()).containsExactly("one");
    assertThat(site.stored()).isEqualTo("refresh-1");
    await().until(() -> !site.isClaimed());
    assertThat(two.fetch(ACME, ACCOUNT, "")).isInstanceOf(Fetched.class);
    assertThat(site.grants.refreshed()).containsExactly("one", "refresh-1");
    assertThat(site.state()).isEqualTo(State.ACTIVE);
  }

  @Test
  void callersOfOneReplicaShareARenewal() throws Exception {
    var answered = site.grants.hold();
    try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      assertThat(impatient.fetch(ACME, ACCOUNT, "")).isEqualTo(LATE);
      var joined = callers.submit(() -> impatient.fetch(ACME, ACCOUNT, ""));
      answered.countDown();
      assertThat(joined.get()).isInstanceOfAny(Fetched.class, Failed.class);
    }
    await().until(() -> !site.isClaimed());
    assertThat(site.grants.refreshed()).startsWith("one").doesNotHaveDuplicates();
  }

  @Test
  void aReconnectDuringARenewalWins() {
    var answered = site.grants.hold();
    assertThat(impatient.fetch(ACME, ACCOUNT, "")).isEqualTo(LATE);
    site.connect("reconnected");
    answered.countDown();

    ((Fetched) two.fetch(ACME, ACCOUNT, "")).whenKept().run();
    assertThat(site.grants.refreshed()).containsExactlyInAnyOrder("one", "reconnected");
    assertThat(site.stored()).startsWith("refresh-");
    assertThat(late).isEmpty();
  }

  @Test
  void aRefusalThatComesLateEndsTheConnectionAllTheSame() {
    site.grants.answers(new Failed(OAuthError.INVALID_GRANT));
    var answered = site.grants.hold();
    assertThat(impatient.fetch(ACME, ACCOUNT, "")).isEqualTo(LATE);
    answered.countDown();

    await().until(() -> site.state() == State.RECONNECT_REQUIRED);
    assertThat(two.fetch(ACME, ACCOUNT, "")).isEqualTo(new Failed(Local.RECONNECT_REQUIRED));
  }

  @Test
  void anUnsavedRefreshTokenIsSavedLaterAndItsTokenIsServed() {
    site.grants.answers(
        (client, token) -> {
          site.broken = true;
          return site.grants.token(client);
        });
    assertThat(one.fetch(ACME, ACCOUNT, "")).isEqualTo(new Failed(Local.STORE_UNAVAILABLE));
    one.settle();
    assertThat(one.waiting()).isOne();
    assertThat(late).isEmpty();
    site.broken = false;
    one.settle();

    assertThat(one.waiting()).isZero();
    assertThat(late).extracting(AccessToken::value).containsExactly("token-1");
    assertThat(site.stored()).isEqualTo("refresh-1");
  }

  @Test
  void anUnsavedRefreshTokenIsDroppedAfterAReconnect() {
    site.grants.answers(
        (client, token) -> {
          site.broken = true;
          return site.grants.token(client);
        });
    one.fetch(ACME, ACCOUNT, "");
    site.broken = false;
    site.connect("reconnected");
    one.settle();

    assertThat(one.waiting()).isZero();
    assertThat(late).isEmpty();
    assertThat(site.stored()).isEqualTo("reconnected");
  }

  @Test
  void aRenewalThatBreaksIsToldToWhoWaitsAndCanBeTriedAgain() {
    site.grants.answers(
        (client, token) -> {
          throw new IllegalStateException("broken by the test");
        });
    assertThatThrownBy(() -> one.fetch(ACME, ACCOUNT, ""))
        .isInstanceOf(IllegalStateException.class);
    site.grants.givesTokens();

    assertThat(one.fetch(ACME, ACCOUNT, "")).isInstanceOf(Fetched.class);
  }
}
