package tokenbroker.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static tokenbroker.tokens.Replica.client;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tokenbroker.clients.Client;
import tokenbroker.clients.ClientCredentials;
import tokenbroker.clients.ClientDirectory.Entry;
import tokenbroker.clients.ClientSecret;
import tokenbroker.clients.Upstream;
import tokenbroker.memory.MemoryTokenStore;
import tokenbroker.testing.SettableClock;
import tokenbroker.tokens.FailureCause.Outage;
import tokenbroker.tokens.TokenRequirement.Usable;
import tokenbroker.tokens.TokenResult.Failed;
import tokenbroker.tokens.TokenResult.Issued;
import tokenbroker.tokens.TokenResult.ServedFrom;

/**
 * Proves that a client that changes in {@code clients.yaml} never gets a token of its former
 * configuration.
 */
class ProvenanceTest {

  private final SettableClock clock = new SettableClock();
  private final FakeTokenSource upstream = new FakeTokenSource(clock);
  private final MemoryTokenStore store = new MemoryTokenStore(clock.clocks());
  private final Replica replica = new Replica("a", upstream, store, clock);
  private static final Client ACME = client("acme");

  static Stream<Client> changed() {
    var upstream = ACME.upstream();
    var secret = new ClientSecret("secret");
    return Stream.of(
        with(ACME, other("https://other.test"), "user"),
        with(ACME, other("https://upstream.test/path"), "user"),
        with(ACME, upstream, "narrow"),
        with(ACME, upstream, null),
        ACME.with(new ClientCredentials("another-id", secret, "v1")));
  }

  @ParameterizedTest
  @MethodSource("changed")
  void theFormerTokenIsAMissInThisProcess(Client changed) {
    replica.token(ACME);

    assertThat(replica.nearby(changed, new Usable())).isNull();
    assertThat(((Issued) replica.get(changed)).servedFrom()).isEqualTo(ServedFrom.FETCHED);
    assertThat(upstream.askedFor()).containsExactly(ACME, changed);
  }

  @ParameterizedTest
  @MethodSource("changed")
  void theFormerTokenIsAMissInTheStoreAndIsReplacedThere(Client changed) {
    replica.token(ACME);
    var restarted = new Replica("b", upstream, store, clock);
    var token = restarted.token(changed);

    assertThat(upstream.askedFor()).containsExactly(ACME, changed);
    assertThat(store.look(TokenOwner.of(ACME.name())).token()).isEqualTo(token);
  }

  @ParameterizedTest
  @MethodSource("changed")
  void theFormerBackOffDoesNotKeepAnybodyFromTheNewOne(Client changed) {
    upstream.gives(new FetchResult.Failed(Outage.CONNECT, null));
    assertThat(replica.get(ACME)).isInstanceOf(Failed.class);
    upstream.givesTokensFor(Duration.ofHours(1));

    assertThat(replica.get(changed)).isInstanceOf(Issued.class);
  }

  /** A replica that has not read the change yet must not bring the former token back. */
  @Test
  void aTokenOfAnotherServerIsNotTakenOverFromTheStore() {
    var changed = with(ACME, other("https://other.test"), "user");
    var behind = new Replica("b", upstream, store, clock);
    behind.clients.replaceAll(List.of(new Entry(ACME, null)));
    var former = behind.token(ACME);
    var token = replica.token(changed);
    behind.broker.readAgain(ACME, TokenOwner.of(ACME.name()));

    assertThat(behind.token(ACME)).isEqualTo(former);
    assertThat(replica.token(changed)).isEqualTo(token);
  }

  @Test
  void aNewSecretAloneLeavesTheTokenValid() {
    var token = replica.token(ACME);

    assertThat(replica.token(client("acme", "v2"))).isEqualTo(token);
  }

  /** Otherwise, each of many tokens would retain copies of them. */
  @Test
  void aTokenFromTheStoreSharesTheTextsOfItsClient() {
    replica.token(client("acme"));
    var same = client("acme");
    var provenance = new Replica("b", upstream, store, clock).token(same).provenance();

    assertThat(provenance.clientId()).isSameAs(same.credentials().orElseThrow().clientId());
    assertThat(provenance.server()).isSameAs(same.upstream().baseUrl().toString());
  }

  /**
   * Users are asked for no scope when they connect. Therefore the client's scope does not affect
   * their tokens.
   */
  @Test
  void anotherScopeLeavesTheTokensOfConnectionsValid() {
    var owner = new TokenOwner(ACME.name(), new ConnectionId("A".repeat(22)));
    var provenance = Provenance.of(ACME, owner);

    assertThat(provenance.isOf(with(ACME, ACME.upstream(), "narrow"), owner)).isTrue();
    assertThat(provenance.isOf(with(ACME, other("https://other.test"), "user"), owner)).isFalse();
  }

  private static Upstream other(String baseUrl) {
    return new Upstream(
        "production", URI.create(baseUrl), Upstream.RequestStyle.FORM, "/oauth/v2/token");
  }

  private static Client with(Client client, Upstream upstream, @Nullable String scope) {
    return new Client(
        client.name(),
        upstream,
        scope,
        client.returnTo(),
        client.callers(),
        client.knownCredentials());
  }
}
