package tokenbroker.connections;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static tokenbroker.connections.ConnectionsFixture.ACCOUNT;
import static tokenbroker.connections.ConnectionsFixture.ACME;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tokenbroker.clients.ClientDirectory.Entry;
import tokenbroker.connections.Connection.State;
import tokenbroker.memory.MemoryTokenStore;
import tokenbroker.testing.LogLines;
import tokenbroker.tokens.ConnectionId;
import tokenbroker.tokens.FailureCause.OAuthError;
import tokenbroker.tokens.FailureCause.Outage;
import tokenbroker.tokens.FetchResult.Failed;
import tokenbroker.tokens.Replica;

class KeepAliveTest {

  private static final Duration KEEP_ALIVE = Duration.ofDays(7);

  private final ConnectionsFixture site = new ConnectionsFixture();
  private final MemoryTokenStore tokens = new MemoryTokenStore(site.clock.clocks());
  private final KeepAlive one = replica("one");
  private final KeepAlive two = replica("two");

  @BeforeEach
  void connect() {
    site.connect("one");
  }

  @Test
  void aConnectionThatNobodyUsesIsRenewedInTime() {
    site.clock.advance(KEEP_ALIVE.multipliedBy(8).dividedBy(10));
    one.run();
    assertThat(site.grants.refreshed()).isEmpty();

    site.clock.advance(KEEP_ALIVE.multipliedBy(2).dividedBy(10));
    one.run();
    one.run();
    assertThat(site.grants.refreshed()).containsExactly("one");

    site.clock.advance(KEEP_ALIVE);
    two.run();
    assertThat(site.grants.refreshed()).containsExactly("one", "refresh-1");
  }

  @Test
  void oneReplicaRenewsItAndNotTwo() throws Exception {
    site.clock.advance(KEEP_ALIVE);
    var answered = site.grants.hold();
    try (var replicas = Executors.newVirtualThreadPerTaskExecutor()) {
      var first = replicas.submit(one::run);
      await().until(() -> site.grants.refreshed().size() == 1);
      two.run();
      answered.countDown();
      first.get();
    }
    assertThat(site.grants.refreshed()).containsExactly("one");
  }

  @Test
  void aConnectionThatIsInUseIsNotDue() {
    site.clock.advance(KEEP_ALIVE.dividedBy(2));
    site.source("30s").fetch(ACME, ACCOUNT, "");
    site.clock.advance(KEEP_ALIVE.dividedBy(2));
    one.run();

    assertThat(site.grants.refreshed()).containsExactly("one");
  }

  @Test
  void aRenewalThatFailsIsTriedAgainAfterItsPause() {
    site.clock.advance(KEEP_ALIVE);
    site.grants.answers(new Failed(Outage.HTTP_5XX, Duration.ofMinutes(1)));
    one.run();
    one.run();
    assertThat(site.grants.refreshed()).hasSize(1);
    assertThat(site.memory.count(ACME.name()).overdue()).isZero();

    site.clock.advance(ConnectionStore.OVERDUE_AFTER.plusHours(1));
    assertThat(site.memory.count(ACME.name()).overdue()).isOne();
    site.grants.givesTokens();
    one.run();
    assertThat(site.memory.count(ACME.name()).overdue()).isZero();
  }

  @Test
  void failedKeepAlivesAreLoggedOnceInOneLine() {
    site.clock.advance(KEEP_ALIVE);
    site.grants.answers(new Failed(Outage.HTTP_5XX, Duration.ofSeconds(1)));
    try (var log = new LogLines(KeepAlive.class)) {
      one.run();
      site.clock.advance(Duration.ofSeconds(10));
      one.run();
      assertThat(site.grants.refreshed()).hasSize(2);
      assertThat(log.lines())
          .singleElement()
          .asString()
          .contains("could not be refreshed: 1,", ACCOUNT.toString(), "http_5xx");

      site.clock.advance(Duration.ofSeconds(10));
      site.grants.givesTokens();
      one.run();
      assertThat(log.lines()).hasSize(1);
    }
  }

  @Test
  void aDeadConnectionIsLeftAlone() {
    site.clock.advance(KEEP_ALIVE);
    site.grants.answers(new Failed(OAuthError.INVALID_GRANT));
    one.run();
    site.clock.advance(KEEP_ALIVE);
    one.run();

    assertThat(site.state()).isEqualTo(State.RECONNECT_REQUIRED);
    assertThat(site.grants.refreshed()).containsExactly("one");
  }

  /** Ten thousand connections made in the same hour are not renewed in the same hour. */
  @Test
  void connectionsAreDueEachAtItsOwnTime() {
    var schedule = new KeepAliveSchedule(site.config);
    var hours = new int[24];
    for (var i = 0; i < 10_000; i++) {
      var after = schedule.dueAfter(new ConnectionId("%022d".formatted(i)));
      assertThat(after).isBetween(KEEP_ALIVE.multipliedBy(9).dividedBy(10), KEEP_ALIVE);
      hours[(int) KEEP_ALIVE.minus(after).toHours()]++;
    }
    assertThat(Arrays.stream(hours).max().orElseThrow()).isLessThan(1_000);
  }

  private KeepAlive replica(String name) {
    var source = site.source("30s");
    var replica = new Replica(name, source, tokens, site.clock);
    replica.clients.replaceAll(List.of(new Entry(ACME, null)));
    return new KeepAlive(site.store, replica.clients, replica.broker);
  }
}
