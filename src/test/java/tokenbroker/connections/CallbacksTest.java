package tokenbroker.connections;

import static org.assertj.core.api.Assertions.assertThat;
import static tokenbroker.connections.ConnectionsFixture.ACME;
import static tokenbroker.connections.ConnectionsFixture.client;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tokenbroker.callers.Caller;
import tokenbroker.clients.Client;
import tokenbroker.clients.ClientDirectory.Entry;
import tokenbroker.config.BrokerConfig;
import tokenbroker.connections.Callbacks.Destination;
import tokenbroker.testing.TestConfig;
import tokenbroker.tokens.FetchResult.Fetched;
import tokenbroker.tokens.FetchResult.FromUpstream;
import tokenbroker.tokens.FetchResult.InvalidResponse;
import tokenbroker.tokens.FetchResult.Rejected;
import tokenbroker.tokens.FetchResult.TimedOut;
import tokenbroker.tokens.FetchResult.Unavailable;
import tokenbroker.tokens.MemoryTokenStore;
import tokenbroker.tokens.OAuthError;
import tokenbroker.tokens.Replica;

/** The authorization-code flow from a caller's request to the browser's return. */
class CallbacksTest {

  private static final String RETURN_TO = "https://shop.example/";
  private static final Callback CODE = new Callback.WithCode("code");

  private final ConnectionsFixture site = new ConnectionsFixture();
  private final BrokerConfig config =
      TestConfig.with(Map.of("broker.connections.public-url", "https://connect.example"));
  private final Replica replica =
      new Replica("a", site.source("30s"), new MemoryTokenStore(site.clock.clocks()), site.clock);
  private final PublicAddress address = new PublicAddress(config);
  private final MemoryAuthorizationStore pending = new MemoryAuthorizationStore(site.clock);
  private final Authorizations authorizations =
      new Authorizations(replica.clients, pending, site.grants, address);
  private final Callbacks callbacks =
      new Callbacks(
          replica.clients,
          pending,
          new CodeExchange(
              site.store, site.grants, replica.broker, site.records, site.clock, address),
          site.clock,
          config);

  CallbacksTest() {
    configured(ACME);
  }

  @Test
  void aUserWhoSaysYesIsConnectedOnceHoweverOftenTheBrowserComesBack() {
    var visit = visited();
    var first = callbacks.receive(visit.id, CODE, visit.cookie);
    assertThat(callbacks.receive(visit.id, CODE, visit.cookie)).isEqualTo(first);

    assertThat(address(first)).startsWith(RETURN_TO).contains("state=s").doesNotContain("error");
    assertThat(site.memory.count(ACME.name()).active()).isOne();
  }

  @Test
  void aUserWhoSaysNoIsSentBackAndNothingIsConnected() {
    var visit = visited();
    var denied = callbacks.receive(visit.id, new Callback.WithError("access_denied"), visit.cookie);

    assertThat(address(denied)).isEqualTo(RETURN_TO + "?error=access_denied&state=s");
    assertThat(site.memory.count(ACME.name()).active()).isZero();
  }

  @Test
  void anotherBrowserGetsNothing() {
    var visit = visited();
    assertThat(callbacks.receive(visit.id, CODE, Randoms.id()))
        .isEqualTo(new Destination.Expired());
    assertThat(callbacks.receive(visit.id, CODE, null)).isEqualTo(new Destination.Expired());
  }

  static Stream<Arguments> failures() {
    return Stream.of(
        Arguments.of(new Rejected(OAuthError.REDIRECT_URI_MISMATCH), "server_error"),
        Arguments.of(new InvalidResponse("not_json"), "server_error"),
        Arguments.of(new Unavailable("connect", null), "temporarily_unavailable"),
        Arguments.of(new TimedOut(), "temporarily_unavailable"));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void aCodeThatCannotBeExchangedIsToldInTheWordsOfOAuth(FromUpstream failure, String error) {
    site.grants.answers(failure);
    var visit = visited();

    assertThat(address(callbacks.receive(visit.id, CODE, visit.cookie))).contains("error=" + error);
  }

  @Test
  void aTokenWithoutARefreshTokenMakesNoConnection() {
    site.grants.answers((client, code) -> new Fetched(site.grants.token(client).token()));
    var visit = visited();

    assertThat(address(callbacks.receive(visit.id, CODE, visit.cookie)))
        .contains("error=server_error");
  }

  @Test
  void aConnectionThatCannotBeStoredIsNotConfirmed() {
    var visit = visited();
    site.broken = true;

    assertThat(address(callbacks.receive(visit.id, CODE, visit.cookie)))
        .contains("error=temporarily_unavailable");
  }

  static Stream<Client> others() {
    return Stream.of(client("https://other.test", "id"), client("https://upstream.test", "other"));
  }

  /** The user allowed the former one; the code is not for the other. */
  @ParameterizedTest
  @MethodSource("others")
  void aCodeGoesToTheServerAndTheClientThatTheUserWasAskedAboutAlone(Client changed) {
    var visit = visited();
    configured(changed);

    assertThat(callbacks.receive(visit.id, CODE, visit.cookie))
        .isEqualTo(new Destination.Expired());
    assertThat(authorizations.visit(visit.id, visit.cookie)).isEmpty();
    assertThat(site.memory.count(ACME.name()).active()).isZero();
  }

  private void configured(Client client) {
    replica.clients.replaceAll(List.of(new Entry(client, null)));
  }

  /** A browser that has been sent to the consent page. */
  private Visit visited() {
    var caller = new Caller("test", "someone", Set.of());
    var link = authorizations.begin(ACME, caller, RETURN_TO, "s", "trace").toString();
    var id = AuthorizationId.parse(link.substring(link.lastIndexOf('/') + 1)).orElseThrow();
    return new Visit(id, authorizations.visit(id, null).orElseThrow().cookie());
  }

  private static String address(Destination destination) {
    return ((Destination.Back) destination).address().toString();
  }

  private record Visit(AuthorizationId id, String cookie) {}
}
