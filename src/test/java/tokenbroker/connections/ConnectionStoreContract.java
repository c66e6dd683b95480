package tokenbroker.connections;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tokenbroker.clients.ClientName;
import tokenbroker.connections.Connection.State;
import tokenbroker.connections.ConnectionStore.Claiming.Absent;
import tokenbroker.connections.ConnectionStore.Claiming.Changed;
import tokenbroker.connections.ConnectionStore.Claiming.Claimed;
import tokenbroker.connections.ConnectionStore.Claiming.ClaimedElsewhere;
import tokenbroker.connections.ConnectionStore.Claiming.Ended;
import tokenbroker.connections.ConnectionStore.ConnectionCounts;
import tokenbroker.connections.ConnectionStore.ConnectionPage;
import tokenbroker.connections.ConnectionStore.StoredConnection;
import tokenbroker.tokens.ConnectionId;
import tokenbroker.tokens.Provenance;
import tokenbroker.tokens.RefreshToken;
import tokenbroker.tokens.TokenOwner;

/** The contract of every store of connections. */
public abstract class ConnectionStoreContract {

  private static final AtomicInteger SERIAL = new AtomicInteger();
  private static final Provenance PROVENANCE =
      new Provenance("https://upstream.test", "id", null, "v1");
  private static final Instant NOW = Instant.parse("2026-11-25T12:00:00Z");

  private final ClientName client = new ClientName("client-" + SERIAL.incrementAndGet());

  protected abstract ConnectionStore store();

  /** Returns the store as another replica sees it. */
  protected abstract ConnectionStore otherReplica();

  @Test
  void whatIsPutIsFoundByEveryReplica() {
    put("a", "one");

    assertThat(refreshToken("a")).isEqualTo("one");
    assertThat(otherReplica().find(account("a"))).hasValue(connection("a"));
    assertThat(store().find(account("b"))).isEmpty();
  }

  @Test
  void aRotationReplacesWhatWasSeen() {
    put("a", "one");
    assertThat(rotate(store(), "a", revision("a"), "two")).isTrue();

    assertThat(refreshToken("a")).isEqualTo("two");
    assertThat(found("a").expiresAt()).isEqualTo(NOW.plusSeconds(7200));
  }

  /** The store may have stored the rotation although its response was lost. */
  @Test
  void theSameRotationMadeTwiceIsStored() {
    put("a", "one");
    var seen = revision("a");
    var rotated = connection("a").until(NOW.plusSeconds(7200)).rotated();
    var rotation = store().rotation(account("a"), rotated, new RefreshToken("two"));

    assertThat(store().rotate(account("a"), seen, rotation)).isTrue();
    assertThat(otherReplica().rotate(account("a"), seen, rotation)).isTrue();
    assertThat(refreshToken("a")).isEqualTo("two");
  }

  /** A replica that has lost its claim must not overwrite the newer refresh token. */
  @Test
  void aLateRotationCannotOverwriteANewerRefreshToken() {
    put("a", "one");
    var seen = revision("a");
    rotate(otherReplica(), "a", seen, "two");

    assertThat(rotate(store(), "a", seen, "late")).isFalse();
    assertThat(refreshToken("a")).isEqualTo("two");
  }

  @Test
  void aRotationOfAConnectionThatIsGoneStoresNothing() {
    put("a", "one");
    var seen = revision("a");
    store().remove(account("a"));

    assertThat(rotate(store(), "a", seen, "two")).isFalse();
    assertThat(store().find(account("a"))).isEmpty();
  }

  @Test
  void aConnectionEndsOnlyIfItsRefreshTokenIsStillTheRefusedOne() {
    put("a", "one");
    var seen = revision("a");
    rotate(otherReplica(), "a", seen, "two");
    try (var claim = claimed(store(), "a").claim()) {
      assertThat(store().end(account("a"), seen, claim)).isFalse();
    }
    assertThat(found("a").state()).isEqualTo(State.ACTIVE);

    end("a");
    assertThat(found("a").state()).isEqualTo(State.RECONNECT_REQUIRED);
    assertThat(store().count(client)).isEqualTo(new ConnectionCounts(0, 1, 0));
  }

  /**
   * The replica was suspended during the renewal. Another replica then found the old refresh token
   * used up.
   */
  @Test
  void theNewRefreshTokenOfALateRotationRevivesTheConnection() {
    put("a", "one");
    var seen = revision("a");
    end("a");

    assertThat(rotate(store(), "a", seen, "two")).isTrue();
    assertThat(found("a").state()).isEqualTo(State.ACTIVE);
    assertThat(store().count(client)).isEqualTo(new ConnectionCounts(1, 0, 0));
  }

  @Test
  void connectingAgainReplacesAndRevivesTheConnection() {
    put("a", "one");
    end("a");
    put("a", "two");

    assertThat(refreshToken("a")).isEqualTo("two");
    assertThat(store().count(client)).isEqualTo(new ConnectionCounts(1, 0, 0));
    assertThat(store().page(client, null, 10).connections()).hasSize(1);
  }

  @Test
  void pagesAreInTheOrderOfIdsAndWhole() {
    IntStream.range(0, 7).forEach(i -> put("c" + i, "token"));
    var listed = new ArrayList<String>();
    for (var page = store().page(client, null, 3); page != null; page = after(page)) {
      assertThat(page.connections()).hasSizeLessThanOrEqualTo(3).isNotEmpty();
      page.connections().forEach(connection -> listed.add(connection.id().value()));
    }

    assertThat(listed)
        .containsExactlyElementsOf(
            IntStream.range(0, 7).mapToObj(i -> id("c" + i).value()).toList());
  }

  @Test
  void aRemovedConnectionIsGoneOnce() {
    put("a", "one");
    assertThat(otherReplica().remove(account("a"))).isTrue();
    assertThat(store().remove(account("a"))).isFalse();
    assertThat(store().page(client, null, 10).connections()).isEmpty();
    assertThat(store().count(client)).isEqualTo(new ConnectionCounts(0, 0, 0));
  }

  @Test
  void onlyOneReplicaAtATimeCanClaimTheRefreshToken() {
    put("a", "one");
    var claimed = claimed(store(), "a");
    assertThat(otherReplica().claim(account("a"), "")).isEqualTo(new ClaimedElsewhere());
    assertThat(store().claim(account("a"), "")).isEqualTo(new ClaimedElsewhere());

    claimed.claim().close();
    assertThat(claimedSoon("a").held().refreshToken().reveal()).isEqualTo("one");
  }

  /**
   * The caller read the connection before it was renewed. It wants the token of that renewal
   * instead.
   */
  @Test
  void aClaimWithAnOutdatedRevisionGetsNoRefreshToken() {
    put("a", "one");
    var seen = revision("a");
    rotate(otherReplica(), "a", seen, "two");

    assertThat(store().claim(account("a"), seen)).isEqualTo(new Changed());
    assertThat(store().claim(account("a"), revision("a"))).isInstanceOf(Claimed.class);
  }

  @Test
  void aLateHolderDoesNotFreeTheNextOnesClaim() {
    put("a", "one");
    var late = claimed(store(), "a");
    late.claim().close();
    claimedSoon("a");
    late.claim().close();

    assertThat(store().claim(account("a"), "")).isEqualTo(new ClaimedElsewhere());
  }

  @Test
  void aReplicaWithoutTheClaimCannotEndTheConnection() {
    put("a", "one");
    var late = claimed(store(), "a");
    late.claim().close();
    var next = claimedSoon("a");

    assertThat(store().end(account("a"), late.held().revision(), late.claim())).isFalse();
    assertThat(found("a").state()).isEqualTo(State.ACTIVE);
    assertThat(store().end(account("a"), next.held().revision(), next.claim())).isTrue();
  }

  @Test
  void connectingAgainReleasesTheClaimOnTheFormerGrant() {
    put("a", "one");
    var former = claimed(otherReplica(), "a");
    put("a", "two");

    assertThat(claimed(store(), "a").held().refreshToken().reveal()).isEqualTo("two");
    assertThat(rotate(otherReplica(), "a", former.held().revision(), "late")).isFalse();
    assertThat(otherReplica().end(account("a"), former.held().revision(), former.claim()))
        .isFalse();
  }

  @Test
  void noRefreshTokenIsHandedOutOfADeadConnectionOrOfNone() {
    put("a", "one");
    end("a");

    assertThat(store().claim(account("a"), "")).isEqualTo(new Ended());
    assertThat(store().claim(account("b"), "")).isEqualTo(new Absent());
  }

  /** These tests use a keep-alive interval of 100 ms. */
  @Test
  void aConnectionIsDueWhenItWasNotRenewedForSoLong() {
    put("a", "one");
    put("dead", "one");
    end("dead");
    await().until(() -> store().due(client, 10).equals(List.of(id("a"))));

    rotate(store(), "a", revision("a"), "two");
    await().until(() -> otherReplica().due(client, 10).equals(List.of(id("a"))));
    store().remove(account("a"));
    assertThat(store().due(client, 10)).isEmpty();
  }

  /** Connections that cannot be renewed must not block the others. */
  @Test
  void whatIsDueIsFoundHoweverMuchElseIs() {
    var ids = IntStream.range(0, 10).mapToObj(i -> "c" + i).toList();
    ids.forEach(name -> put(name, "token"));
    await().until(() -> store().due(client, 100).size() == 10);
    var found = new HashSet<ConnectionId>();
    await()
        .until(
            () -> {
              found.addAll(store().due(client, 2));
              return found.size() == 10;
            });
    assertThat(store().due(client, 2)).hasSize(2);
  }

  @Test
  void aUserWhoConnectsAgainKeepsTheIdOfTheFormerConnection() {
    put("a", "one");
    var again = store().put(client, asNew("a", "user-a", null), new RefreshToken("two"));

    assertThat(again.id()).isEqualTo(id("a"));
    assertThat(again.version()).isEqualTo(2);
    assertThat(refreshToken("a")).isEqualTo("two");
    assertThat(store().count(client)).isEqualTo(new ConnectionCounts(1, 0, 0));
  }

  @Test
  void anEMailAddressTellsUsersApartWhereThereIsNoId() {
    var first = store().put(client, asNew("a", null, "x@example.test"), new RefreshToken("one"));
    var again = store().put(client, asNew("b", null, "x@example.test"), new RefreshToken("two"));
    var other = store().put(client, asNew("c", null, "y@example.test"), new RefreshToken("one"));
    var named = store().put(client, asNew("d", "x@example.test", null), new RefreshToken("one"));

    assertThat(again.id()).isEqualTo(first.id());
    assertThat(List.of(other.id(), named.id())).doesNotContain(first.id()).doesNotHaveDuplicates();
  }

  @Test
  void withoutAnyNameOfTheUserEachConsentIsAConnection() {
    store().put(client, asNew("a", null, null), new RefreshToken("one"));
    store().put(client, asNew("b", null, null), new RefreshToken("one"));

    assertThat(store().count(client)).isEqualTo(new ConnectionCounts(2, 0, 0));
  }

  @Test
  void aUserWhoConnectsAgainAfterARemovalHasANewConnection() {
    put("a", "one");
    store().remove(account("a"));
    var again = store().put(client, asNew("b", "user-a", null), new RefreshToken("two"));

    assertThat(again.id()).isEqualTo(id("b"));
    assertThat(otherReplica().find(account("a"))).isEmpty();
  }

  @Test
  void aUserWhoConnectsTwiceAtOnceHasOneConnection() throws Exception {
    var tries = new ArrayList<Callable<ConnectionId>>();
    for (var name : List.of("a", "b", "c", "d")) {
      var replica = tries.size() % 2 == 0 ? store() : otherReplica();
      tries.add(() -> replica.put(client, asNew(name, "user", null), new RefreshToken(name)).id());
    }
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var ids = new HashSet<ConnectionId>();
      for (var put : threads.invokeAll(tries)) {
        ids.add(put.get());
      }
      assertThat(ids).hasSize(1);
    }
    assertThat(store().count(client)).isEqualTo(new ConnectionCounts(1, 0, 0));
  }

  /** Returns a new connection. The store has not yet searched for its user. */
  private Connection asNew(String name, @Nullable String userId, @Nullable String userEmail) {
    return new Connection(
        id(name), userId, userEmail, State.ACTIVE, NOW, NOW.plusSeconds(3600), PROVENANCE, 1);
  }

  private @Nullable ConnectionPage after(ConnectionPage page) {
    return page.next() == null ? null : otherReplica().page(client, page.next(), 3);
  }

  private boolean rotate(ConnectionStore by, String name, @Nullable String seen, String next) {
    var rotated = connection(name).until(NOW.plusSeconds(7200)).rotated();
    var rotation = by.rotation(account(name), rotated, new RefreshToken(next));
    return by.rotate(account(name), String.valueOf(seen), rotation);
  }

  private void put(String name, String refreshToken) {
    store().put(client, connection(name), new RefreshToken(refreshToken));
  }

  private Claimed claimed(ConnectionStore by, String name) {
    return (Claimed) by.claim(account(name), "");
  }

  private void end(String name) {
    var claimed = claimed(otherReplica(), name);
    try (var claim = claimed.claim()) {
      assertThat(otherReplica().end(account(name), claimed.held().revision(), claim)).isTrue();
    }
  }

  private Connection found(String name) {
    return store().find(account(name)).orElseThrow();
  }

  private String refreshToken(String name) {
    return claimedOnce(name).refreshToken().reveal();
  }

  private String revision(String name) {
    return claimedOnce(name).revision();
  }

  private StoredConnection claimedOnce(String name) {
    var claimed = claimedSoon(name);
    claimed.claim().close();
    return claimed.held();
  }

  /** Waits for the claim, because claims are released in the background. */
  private Claimed claimedSoon(String name) {
    return (Claimed)
        await().until(() -> otherReplica().claim(account(name), ""), it -> it instanceof Claimed);
  }

  private Connection connection(String name) {
    return new Connection(
        id(name),
        "user-" + name,
        "mail@example.test",
        State.ACTIVE,
        NOW,
        NOW.plusSeconds(3600),
        PROVENANCE,
        1);
  }

  private TokenOwner account(String name) {
    return new TokenOwner(client, id(name));
  }

  private static ConnectionId id(String name) {
    return new ConnectionId(name + "_".repeat(22 - name.length()));
  }
}
