package tokenbroker.connections;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tokenbroker.connections.ConnectionsFixture.ACCOUNT;
import static tokenbroker.connections.ConnectionsFixture.ACME;
import static tokenbroker.connections.ConnectionsFixture.client;

import java.time.Duration;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tokenbroker.clients.Client;
import tokenbroker.connections.Connection.State;
import tokenbroker.connections.RenewalState.Claimed;
import tokenbroker.connections.RenewalState.Done;
import tokenbroker.connections.RenewalState.Refreshed;
import tokenbroker.connections.RenewalState.Refused;
import tokenbroker.connections.RenewalState.Unclaimed;
import tokenbroker.connections.RenewalState.Unsaved;
import tokenbroker.tokens.FailureCause.InvalidResponse;
import tokenbroker.tokens.FailureCause.Local;
import tokenbroker.tokens.FailureCause.OAuthError;
import tokenbroker.tokens.FailureCause.Outage;
import tokenbroker.tokens.FetchResult;
import tokenbroker.tokens.FetchResult.ClaimedElsewhere;
import tokenbroker.tokens.FetchResult.Failed;
import tokenbroker.tokens.FetchResult.Fetched;
import tokenbroker.tokens.FetchResult.FromUpstream;
import tokenbroker.tokens.FetchResult.Gone;
import tokenbroker.tokens.FetchResult.Superseded;
import tokenbroker.tokens.StoreUnavailable;

/** Proves every state transition of a renewal. */
class RenewalTest {

  private final ConnectionsFixture site = new ConnectionsFixture();
  private final UnsavedRefreshTokens rotations = new UnsavedRefreshTokens(site.store);

  @BeforeEach
  void connect() {
    site.connect("one");
  }

  @Test
  void aConnectionIsClaimedBeforeItsRefreshTokenIsUsed() {
    assertThat(claimed().held().refreshToken().reveal()).isEqualTo("one");
    assertThat(site.isClaimed()).isTrue();
    assertThat(site.grants.refreshed()).isEmpty();
  }

  @Test
  void whatIsClaimedElsewhereIsLeftAlone() {
    claimed();
    assertThat(next(new Unclaimed())).isEqualTo(new Done(new ClaimedElsewhere()));
  }

  @Test
  void aDeadConnectionIsNotRenewed() {
    var held = claimed();
    site.memory.end(ACCOUNT, held.held().revision(), held.claim());
    assertThat(next(new Unclaimed())).isEqualTo(new Done(new Failed(Local.RECONNECT_REQUIRED)));
  }

  @Test
  void aConnectionThatIsNotThereIsGone() {
    site.memory.remove(ACCOUNT);
    assertThat(next(new Unclaimed())).isEqualTo(new Done(new Gone()));
  }

  @Test
  void withoutTheStoreThereIsNoClaimAndNoRenewal() {
    site.broken = true;
    assertThatThrownBy(() -> next(new Unclaimed())).isInstanceOf(StoreUnavailable.class);
    assertThat(renewal().run()).isEqualTo(storeUnavailable());
    assertThat(site.grants.refreshed()).isEmpty();
  }

  @Test
  void aRefreshBringsATokenAndTheNextRefreshToken() {
    assertThat(next(claimed()))
        .isInstanceOfSatisfying(
            Refreshed.class,
            refreshed ->
                assertThat(Objects.requireNonNull(refreshed.next()).reveal())
                    .isEqualTo("refresh-1"));
    assertThat(site.grants.refreshed()).containsExactly("one");
  }

  @Test
  void invalidGrantMeansThatTheRefreshTokenIsRefused() {
    site.grants.answers(new Failed(OAuthError.INVALID_GRANT));
    assertThat(next(claimed())).isInstanceOf(Refused.class);
  }

  static Stream<FromUpstream> mayBeLost() {
    return Stream.of(new Failed(InvalidResponse.TRUNCATED), new Failed(Outage.CONNECT, null));
  }

  @ParameterizedTest
  @MethodSource("mayBeLost")
  void anAnswerThatMayBeLostIsAskedForOnceMore(FromUpstream lost) {
    site.grants.answers(lost);
    var again = (Claimed) next(claimed());
    assertThat(again.retried()).isTrue();
    assertThat(next(again)).isEqualTo(new Done(lost));
  }

  static Stream<FromUpstream> otherFailures() {
    return Stream.of(
        new Failed(Outage.TIMEOUT),
        new Failed(Outage.HTTP_5XX, Duration.ofSeconds(3)),
        new Failed(OAuthError.INVALID_CLIENT));
  }

  @ParameterizedTest
  @MethodSource("otherFailures")
  void anyOtherFailureEndsTheRenewalAndNotTheConnection(FromUpstream failure) {
    site.grants.answers(failure);
    assertThat(next(claimed())).isEqualTo(new Done(failure));
    assertThat(site.state()).isEqualTo(State.ACTIVE);
  }

  static Stream<Client> others() {
    return Stream.of(client("https://other.test", "id"), client("https://upstream.test", "other"));
  }

  @ParameterizedTest
  @MethodSource("others")
  void aRefreshTokenGoesToTheServerAndTheClientThatItCameFromAlone(Client changed) {
    var renewal =
        new Renewal(changed, ACCOUNT, "", site.grants, site.store, rotations, site.records);

    assertThat(renewal.run()).isEqualTo(new Failed(Local.RECONNECT_REQUIRED));
    assertThat(site.grants.refreshed()).isEmpty();
    assertThat(site.state()).isEqualTo(State.ACTIVE);
    assertThat(site.isClaimed()).isFalse();
  }

  @Test
  void theNextRefreshTokenIsStoredBeforeTheTokenIsServed() {
    var refreshed = (Refreshed) next(claimed());
    var done = (Done) next(refreshed);

    assertThat(((Fetched) done.result()).token()).isEqualTo(refreshed.token());
    refreshed.claim().close();
    assertThat(site.stored()).isEqualTo("refresh-1");
  }

  @Test
  void anUpstreamThatGivesNoOtherRefreshTokenLetsTheOldOneBeUsedAgain() {
    site.grants.answers((client, token) -> new Fetched(site.grants.token(client).token()));

    ((Fetched) renewal().run()).whenKept().run();
    assertThat(site.stored()).isEqualTo("one");
  }

  @Test
  void aRefreshTokenSupersededByAReconnectIsNotStored() {
    var refreshed = (Refreshed) next(claimed());
    site.connect("reconnected");

    assertThat(next(refreshed)).isEqualTo(new Done(new Superseded()));
    assertThat(site.stored()).isEqualTo("reconnected");
  }

  @Test
  void nothingIsStoredOfAConnectionThatWasRemoved() {
    var refreshed = (Refreshed) next(claimed());
    site.memory.remove(ACCOUNT);

    assertThat(next(refreshed)).isEqualTo(new Done(new Gone()));
  }

  @Test
  void anUnsavedRefreshTokenWaitsAndItsConnectionStaysClaimed() {
    site.grants.answers(
        (client, token) -> {
          site.broken = true;
          return site.grants.token(client);
        });
    assertThat(renewal().run()).isEqualTo(storeUnavailable());
    assertThat(rotations.waiting()).isOne();
    assertThat(site.isClaimed()).isTrue();

    site.broken = false;
    site.grants.givesTokens();
    assertThat(renewal().run())
        .isInstanceOfSatisfying(
            Fetched.class, settled -> assertThat(settled.token().value()).isEqualTo("token-1"));
    assertThat(rotations.waiting()).isZero();
    assertThat(site.stored()).isEqualTo("refresh-1");
    assertThat(site.grants.refreshed()).containsExactly("one");
  }

  @Test
  void theUpstreamsRefusalEndsTheConnection() {
    site.grants.answers(new Failed(OAuthError.INVALID_GRANT));
    assertThat(next(next(claimed()))).isEqualTo(new Done(new Failed(Local.RECONNECT_REQUIRED)));

    assertThat(site.state()).isEqualTo(State.RECONNECT_REQUIRED);
    assertThat(site.registry.get("token_broker.connections.ended").counter().count()).isOne();
  }

  @Test
  void aRefusalOfTheFormerGrantDoesNotEndTheNewOne() {
    site.grants.answers(new Failed(OAuthError.INVALID_GRANT));
    var refused = next(claimed());
    site.connect("reconnected");

    assertThat(next(refused)).isEqualTo(new Done(new Superseded()));
    assertThat(site.state()).isEqualTo(State.ACTIVE);
  }

  /**
   * The claim expired while the replica was suspended. Another replica renews the connection now.
   */
  @Test
  void aReplicaThatLostItsClaimDoesNotEndTheConnection() {
    site.grants.answers(new Failed(OAuthError.INVALID_GRANT));
    var refused = (Refused) next(claimed());
    refused.claim().close();
    claimed();

    assertThat(next(refused)).isEqualTo(new Done(new Superseded()));
    assertThat(site.state()).isEqualTo(State.ACTIVE);
  }

  /**
   * The replica was suspended until its claim had expired. Only its refresh token is still valid.
   */
  @Test
  void aResumedReplicaWithTheNewRefreshTokenRevivesTheConnection() {
    var late = (Refreshed) next(claimed());
    late.claim().close();
    site.grants.answers(new Failed(OAuthError.INVALID_GRANT));
    assertThat(renewal().run()).isEqualTo(new Failed(Local.RECONNECT_REQUIRED));

    assertThat(next(late)).isInstanceOf(Done.class);
    assertThat(site.state()).isEqualTo(State.ACTIVE);
    assertThat(site.stored()).isEqualTo("refresh-1");
  }

  static Stream<FetchResult> ends() {
    return Stream.concat(otherFailures(), Stream.of(new Failed(OAuthError.INVALID_GRANT)));
  }

  @ParameterizedTest
  @MethodSource("ends")
  void everyEndGivesTheClaimBack(FromUpstream end) {
    site.grants.answers(end);
    renewal().run();
    assertThat(site.isClaimed()).isFalse();
  }

  /** Otherwise another replica would find no token yet and renew the connection again. */
  @Test
  void aConnectionStaysClaimedUntilItsTokenIsKept() {
    var fetched = (Fetched) renewal().run();
    assertThat(site.isClaimed()).isTrue();
    fetched.whenKept().run();
    assertThat(site.isClaimed()).isFalse();
  }

  @Test
  void aReplicaThatReadTheConnectionBeforeItsRenewalReadsItAgain() {
    var claimed = claimed();
    claimed.claim().close();
    var late =
        new Renewal(
            ACME,
            ACCOUNT,
            claimed.held().revision(),
            site.grants,
            site.store,
            rotations,
            site.records);
    ((Fetched) renewal().run()).whenKept().run();

    assertThat(late.run()).isEqualTo(new Superseded());
    assertThat(site.grants.refreshed()).containsExactly("one");
  }

  @Test
  void aRenewalThatBreaksGivesTheClaimBack() {
    site.grants.answers(
        (client, token) -> {
          throw new IllegalStateException("broken by the test");
        });
    assertThatThrownBy(() -> renewal().run()).isInstanceOf(IllegalStateException.class);
    assertThat(site.isClaimed()).isFalse();
  }

  @Test
  void aFinishedRenewalDoesNotChange() {
    var done = new Done(new Gone());
    assertThat(next(done)).isEqualTo(done);
    assertThat(next(new Unsaved())).isEqualTo(new Unsaved());
  }

  private static FetchResult storeUnavailable() {
    return new Failed(Local.STORE_UNAVAILABLE);
  }

  private Claimed claimed() {
    return (Claimed) next(new Unclaimed());
  }

  private RenewalState next(RenewalState state) {
    return renewal().next(state);
  }

  private Renewal renewal() {
    return new Renewal(ACME, ACCOUNT, "", site.grants, site.store, rotations, site.records);
  }
}
