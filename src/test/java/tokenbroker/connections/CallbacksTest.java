package tokenbroker.connections;

import static org.assertj.core.api.Assertions.assertThat;
import static tokenbroker.connections.ConnectionsFixture.ACME;
import static tokenbroker.connections.ConnectionsFixture.client;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tokenbroker.callers.Caller;
import tokenbroker.clients.Client;
import tokenbroker.clients.ClientDirectory.Entry;
import tokenbroker.config.BrokerConfig;
import tokenbroker.connections.Authorization.Progress;
import tokenbroker.connections.Authorizations.Beginning;
import tokenbroker.connections.Callbacks.Destination;
import tokenbroker.memory.MemoryAuthorizationStore;
import tokenbroker.memory.MemoryTokenStore;
import tokenbroker.observability.Requester;
import tokenbroker.testing.Browser;
import tokenbroker.testing.TestConfig;
import tokenbroker.tokens.FailureCause.InvalidResponse;
import tokenbroker.tokens.FailureCause.OAuthError;
import tokenbroker.tokens.FailureCause.Outage;
import tokenbroker.tokens.FetchResult.Failed;
import tokenbroker.tokens.FetchResult.Fetched;
import tokenbroker.tokens.FetchResult.FromUpstream;
import tokenbroker.tokens.Replica;

/** Proves the authorization-code flow, from a caller's request to the browser's return. */
class CallbacksTest {

  private static final String RETURN_TO = "https://shop.example/";
  private static final Caller CALLER = new Caller("test", "someone", Set.of());
  private static final Requester SERVICE = new Requester(CALLER, null, "trace");
  private static final Callback CODE = new Callback.WithCode("code");

  private final ConnectionsFixture site = new ConnectionsFixture();
  private final BrokerConfig config =
      TestConfig.with(Map.of("broker.connections.public-url", "https://connect.example"));
  private final Replica replica =
      new Replica("a", site.source("30s"), new MemoryTokenStore(site.clock.clocks()), site.clock);
  private final PublicAddress address = new PublicAddress(config);
  private boolean resultsAreBroken;
  private final AuthorizationStore pending =
      ConnectionsFixture.breakable(
          AuthorizationStore.class,
          new MemoryAuthorizationStore(site.clock),
          method -> resultsAreBroken && method.equals("keepResult"));
  private final Authorizations authorizations =
      new Authorizations(replica.clients, pending, site.grants, address, site.clock);
  private final Results results =
      new Results(pending, site.store, replica.broker, site.records, site.clock.clocks());
  private final Callbacks callbacks =
      new Callbacks(
          replica.clients,
          pending,
          new CodeExchange(site.grants, results, site.records, address),
          site.clock.clocks(),
          config);

  CallbacksTest() {
    configured(ACME);
  }

  @Test
  void aUserWhoSaysYesIsConnectedOnceHoweverOftenTheBrowserComesBack() {
    var visit = visited();
    var first = callbacks.receive(visit.state, CODE, visit.cookie);
    assertThat(callbacks.receive(visit.state, CODE, visit.cookie)).isEqualTo(first);

    assertThat(address(first)).startsWith(RETURN_TO).contains("state=s").doesNotContain("error");
    assertThat(redeemed(result(first), "s")).isPresent();
    assertThat(site.memory.count(ACME.name()).active()).isOne();
  }

  @Test
  void thereIsNoConnectionBeforeTheResultIsRedeemed() {
    returned();
    assertThat(site.memory.count(ACME.name()).active()).isZero();
  }

  @Test
  void aResultIsRedeemedOnce() {
    var result = returned();
    assertThat(redeemed(result, "s")).isPresent();
    assertThat(redeemed(result, "s")).isEmpty();
  }

  @Test
  void aResultIsRedeemedWithTheStateOfItsOwnUserAlone() {
    var result = returned();
    assertThat(redeemed(result, "of-another")).isEmpty();
    assertThat(redeemed(result, "")).isEmpty();
    assertThat(site.memory.count(ACME.name()).active()).isZero();
    assertThat(redeemed(result, "s")).isPresent();
  }

  @Test
  void aResultThatIsNotRedeemedWithinFiveMinutesConnectsNothing() {
    var late = returned();
    site.clock.advance(AuthorizedAccount.LIFE);
    assertThat(redeemed(late, "s")).isEmpty();

    var inTime = returned();
    site.clock.advance(AuthorizedAccount.LIFE.minusSeconds(1));
    assertThat(redeemed(inTime, "s")).isPresent();
  }

  @Test
  void aResultIsOfTheTrackMageClientThatTheUserAllowed() {
    var result = returned();
    var other = client("https://upstream.test", "other");
    assertThat(results.redeem(other, SERVICE, result, "s")).isEmpty();
  }

  @Test
  void whatIsNoResultIsRefused() {
    assertThat(redeemed("", "s")).isEmpty();
    assertThat(redeemed("../x", "s")).isEmpty();
    assertThat(redeemed("A".repeat(22), "s")).isEmpty();
  }

  /** Another visit, such as a second tab, does not invalidate the state of the one before. */
  @Test
  void eachVisitHasAStateOfItsOwnAndTheLatestOnesAreGood() {
    var id = begun();
    var first = visit(id, null);
    var others = new ArrayList<Visit>();
    for (var i = 0; i < 4; i++) {
      others.add(visit(id, first.cookie));
    }

    assertThat(others).doesNotContain(first).doesNotHaveDuplicates();
    assertThat(callbacks.receive(first.state, CODE, first.cookie))
        .isEqualTo(new Destination.Expired());
    assertThat(address(callbacks.receive(others.getFirst().state, CODE, first.cookie)))
        .contains("result=");
    assertThat(callbacks.receive(others.getLast().state, CODE, first.cookie))
        .isInstanceOf(Destination.Back.class);
  }

  @Test
  void aStateThatWasNeverSentIsRefused() {
    var visit = visited();
    var forged = new StateParameter(visit.state.authorization(), RandomTexts.id());

    assertThat(callbacks.receive(forged, CODE, visit.cookie)).isEqualTo(new Destination.Expired());
    assertThat(address(callbacks.receive(visit.state, CODE, visit.cookie))).contains("result=");
  }

  @Test
  void aLinkThatWasUsedCannotBeFollowedAgain() {
    var id = begun();
    var visit = visit(id, null);
    callbacks.receive(visit.state, CODE, visit.cookie);

    assertThat(authorizations.visit(id, visit.cookie)).isEmpty();
  }

  @Test
  void anotherBrowserCannotFollowTheLink() {
    var id = begun();
    var visit = visit(id, null);

    assertThat(authorizations.visit(id, null)).isEmpty();
    assertThat(authorizations.visit(id, RandomTexts.id())).isEmpty();
    assertThat(authorizations.visit(id, visit.cookie)).isPresent();
  }

  /** The process that claimed it has died. The code may have been used up. */
  @Test
  void anAuthorizationThatNobodyFinishesIsNotCarriedOutAgain() {
    var visit = visited();
    var held = pending.find(visit.state.authorization()).orElseThrow();
    var visits = ((Progress.Visited) held.authorization().progress()).visits();
    var claimed = held.authorization().in(new Progress.Claimed(visits));
    pending.replace(visit.state.authorization(), held.revision(), claimed);
    Thread.currentThread().interrupt(); // Ends the wait at once.

    assertThat(callbacks.receive(visit.state, CODE, visit.cookie))
        .isEqualTo(new Destination.Unknown());
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void aUserWhoSaysNoIsSentBackAndNothingIsConnected() {
    var visit = visited();
    var denied =
        callbacks.receive(visit.state, new Callback.WithError("access_denied"), visit.cookie);

    assertThat(address(denied)).isEqualTo(RETURN_TO + "?error=access_denied&state=s");
    assertThat(site.memory.count(ACME.name()).active()).isZero();
  }

  @Test
  void anotherBrowserGetsNothing() {
    var visit = visited();
    assertThat(callbacks.receive(visit.state, CODE, RandomTexts.id()))
        .isEqualTo(new Destination.Expired());
    assertThat(callbacks.receive(visit.state, CODE, null)).isEqualTo(new Destination.Expired());
  }

  static Stream<Arguments> failures() {
    return Stream.of(
        Arguments.of(new Failed(OAuthError.REDIRECT_URI_MISMATCH), "server_error"),
        Arguments.of(new Failed(InvalidResponse.NOT_JSON), "server_error"),
        Arguments.of(new Failed(Outage.CONNECT, null), "temporarily_unavailable"),
        Arguments.of(new Failed(Outage.TIMEOUT), "temporarily_unavailable"));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void aCodeThatCannotBeExchangedIsToldInTheWordsOfOAuth(FromUpstream failure, String error) {
    site.grants.answers(failure);
    var visit = visited();

    assertThat(address(callbacks.receive(visit.state, CODE, visit.cookie)))
        .contains("error=" + error);
  }

  @Test
  void aTokenWithoutARefreshTokenMakesNoConnection() {
    site.grants.answers((client, code) -> new Fetched(site.grants.token(client).token()));
    var visit = visited();

    assertThat(address(callbacks.receive(visit.state, CODE, visit.cookie)))
        .contains("error=server_error");
  }

  @Test
  void aResultThatCannotBeStoredIsNotConfirmed() {
    var visit = visited();
    resultsAreBroken = true;

    assertThat(address(callbacks.receive(visit.state, CODE, visit.cookie)))
        .contains("error=temporarily_unavailable");
  }

  static Stream<Client> others() {
    return Stream.of(client("https://other.test", "id"), client("https://upstream.test", "other"));
  }

  /** The user gave consent to the former server and client. The code must not reach another one. */
  @ParameterizedTest
  @MethodSource("others")
  void aCodeGoesToTheServerAndTheClientThatTheUserWasAskedAboutAlone(Client changed) {
    var visit = visited();
    configured(changed);

    assertThat(callbacks.receive(visit.state, CODE, visit.cookie))
        .isEqualTo(new Destination.Expired());
    assertThat(authorizations.visit(visit.id, visit.cookie)).isEmpty();
    assertThat(site.memory.count(ACME.name()).active()).isZero();
  }

  private void configured(Client client) {
    replica.clients.replaceAll(List.of(new Entry(client, null)));
  }

  private AuthorizationId begun() {
    var begun = (Beginning.Begun) authorizations.begin(ACME, CALLER, RETURN_TO, "s", "trace");
    var link = begun.address().toString();
    return AuthorizationId.parse(link.substring(link.lastIndexOf('/') + 1)).orElseThrow();
  }

  /** Returns a browser's visit that has reached the consent page. */
  private Visit visited() {
    return visit(begun(), null);
  }

  private Visit visit(AuthorizationId id, @Nullable String cookie) {
    var consent = authorizations.visit(id, cookie).orElseThrow();
    var state = ScriptedAuthorizationCodeClient.stateOf(consent.page());
    return new Visit(id, StateParameter.parse(state).orElseThrow(), consent.cookie());
  }

  /** Returns the code that a browser takes to the service. */
  private String returned() {
    var visit = visited();
    return result(callbacks.receive(visit.state, CODE, visit.cookie));
  }

  private Optional<Connection> redeemed(String result, String state) {
    return results.redeem(ACME, SERVICE, result, state);
  }

  private static String result(Destination destination) {
    return Objects.requireNonNull(Browser.query(URI.create(address(destination))).get("result"));
  }

  private static String address(Destination destination) {
    return ((Destination.Back) destination).address().toString();
  }

  private record Visit(AuthorizationId id, StateParameter state, String cookie) {}
}
