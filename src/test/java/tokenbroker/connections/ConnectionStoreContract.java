package tokenbroker.connections;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tokenbroker.clients.ClientName;
import tokenbroker.connections.Connection.State;
import tokenbroker.connections.ConnectionStore.Counts;
import tokenbroker.connections.ConnectionStore.Held;
import tokenbroker.connections.ConnectionStore.Page;
import tokenbroker.tokens.Account;
import tokenbroker.tokens.ConnectionId;
import tokenbroker.tokens.RefreshToken;

/** What every store of connections promises. */
public abstract class ConnectionStoreContract {

  private static final AtomicInteger SERIAL = new AtomicInteger();
  private static final Instant NOW = Instant.parse("2026-11-25T12:00:00Z");

  private final ClientName client = new ClientName("client-" + SERIAL.incrementAndGet());

  protected abstract ConnectionStore store();

  /** As another replica has it. */
  protected abstract ConnectionStore otherReplica();

  @Test
  void whatIsPutIsFoundByEveryReplica() {
    put("a", "one");
    var held = otherReplica().find(account("a")).orElseThrow();

    assertThat(held.refreshToken().reveal()).isEqualTo("one");
    assertThat(held.connection()).isEqualTo(connection("a"));
    assertThat(store().find(account("b"))).isEmpty();
  }

  @Test
  void aRotationReplacesWhatWasSeen() {
    put("a", "one");
    assertThat(rotate(store(), "a", held("a").revision(), "two")).isTrue();

    assertThat(held("a").refreshToken().reveal()).isEqualTo("two");
    assertThat(held("a").connection().expiresAt()).isEqualTo(NOW.plusSeconds(7200));
  }

  /** Whoever lost its lease meanwhile is too late. */
  @Test
  void aLateRotationCannotOverwriteANewerRefreshToken() {
    put("a", "one");
    var seen = held("a").revision();
    rotate(otherReplica(), "a", seen, "two");

    assertThat(rotate(store(), "a", seen, "late")).isFalse();
    assertThat(held("a").refreshToken().reveal()).isEqualTo("two");
  }

  @Test
  void aRotationOfAConnectionThatIsGoneStoresNothing() {
    put("a", "one");
    var seen = held("a").revision();
    store().remove(account("a"));

    assertThat(rotate(store(), "a", seen, "two")).isFalse();
    assertThat(store().find(account("a"))).isEmpty();
  }

  @Test
  void anEndIsMarkedWhereTheRefreshTokenStillIsTheOneThatWasRefused() {
    put("a", "one");
    var seen = held("a").revision();
    rotate(otherReplica(), "a", seen, "two");
    assertThat(store().end(account("a"), seen)).isFalse();
    assertThat(held("a").connection().state()).isEqualTo(State.ACTIVE);

    assertThat(store().end(account("a"), held("a").revision())).isTrue();
    assertThat(held("a").connection().state()).isEqualTo(State.RECONNECT_REQUIRED);
    assertThat(store().count(client)).isEqualTo(new Counts(0, 1));
  }

  /** It slept in mid-renewal, and another replica found the old one used up. */
  @Test
  void whoBringsWhatReplacedARefusedRefreshTokenRevivesTheConnection() {
    put("a", "one");
    var seen = held("a").revision();
    otherReplica().end(account("a"), seen);

    assertThat(rotate(store(), "a", seen, "two")).isTrue();
    assertThat(held("a").connection().state()).isEqualTo(State.ACTIVE);
    assertThat(store().count(client)).isEqualTo(new Counts(1, 0));
  }

  @Test
  void whoConnectsAgainReplacesAndRevives() {
    put("a", "one");
    store().end(account("a"), held("a").revision());
    put("a", "two");

    assertThat(held("a").refreshToken().reveal()).isEqualTo("two");
    assertThat(store().count(client)).isEqualTo(new Counts(1, 0));
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
    assertThat(store().count(client)).isEqualTo(new Counts(0, 0));
  }

  private @Nullable Page after(Page page) {
    return page.next() == null ? null : otherReplica().page(client, page.next(), 3);
  }

  private boolean rotate(ConnectionStore by, String name, @Nullable String seen, String next) {
    var rotated = connection(name).until(NOW.plusSeconds(7200));
    var rotation = by.rotation(account(name), rotated, new RefreshToken(next));
    return by.rotate(account(name), String.valueOf(seen), rotation);
  }

  private void put(String name, String refreshToken) {
    store().put(client, connection(name), new RefreshToken(refreshToken));
  }

  private Held held(String name) {
    return store().find(account(name)).orElseThrow();
  }

  private Connection connection(String name) {
    return new Connection(
        id(name), "user", "mail@example.test", State.ACTIVE, NOW, NOW.plusSeconds(3600));
  }

  private Account account(String name) {
    return new Account(client, id(name));
  }

  private static ConnectionId id(String name) {
    return new ConnectionId(name + "_".repeat(22 - name.length()));
  }
}
