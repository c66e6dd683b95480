package tokenbroker.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static tokenbroker.tokens.Replica.WAIT;
import static tokenbroker.tokens.Replica.client;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tokenbroker.clients.Client;
import tokenbroker.clients.ClientDirectory.Entry;
import tokenbroker.memory.MemoryTokenStore;
import tokenbroker.testing.SettableClock;
import tokenbroker.tokens.TokenRequirement.MinTtl;
import tokenbroker.tokens.TokenRequirement.Usable;
import tokenbroker.tokens.TokenResult.Failed;
import tokenbroker.tokens.TokenResult.Issued;
import tokenbroker.tokens.TokenResult.TimedOut;
import tokenbroker.tokens.TokenStore.Revision;

/** Proves that concurrent callers share one fetch per owner, even if something fails. */
class FlightsTest {

  private final SettableClock clock = new SettableClock();
  private final FakeTokenSource upstream = new FakeTokenSource(clock);
  private final MemoryTokenStore store = new MemoryTokenStore(clock.clocks());
  private final Replica replica = new Replica("a", upstream, store, clock);
  private final Client acme = client("acme");
  private final TokenOwner own = TokenOwner.of(acme.name());
  private final TokenOwner connection =
      new TokenOwner(acme.name(), new ConnectionId("A".repeat(22)));

  @BeforeEach
  void configure() {
    replica.clients.replaceAll(List.of(new Entry(acme, null)));
  }

  @Test
  void callersWithDifferentNeedsShareOneFetch() {
    var answered = upstream.hold();
    var results =
        IntStream.rangeClosed(1, 60)
            .mapToObj(i -> replica.tokenFor(acme, new MinTtl(Duration.ofSeconds(i)), WAIT))
            .toList();
    await().until(() -> upstream.fetches() > 0);
    answered.countDown();

    results.forEach(result -> assertThat(result.join()).isInstanceOf(Issued.class));
    assertThat(upstream.fetches()).isOne();
  }

  /** No token can meet any of these requirements. The second fetch shows this to all callers. */
  @Test
  void requirementsThatNoTokenMeetsCostOneMoreFetch() {
    var answered = upstream.hold();
    var results =
        IntStream.rangeClosed(1, 60)
            .mapToObj(i -> replica.tokenFor(acme, new MinTtl(Duration.ofHours(2 + i)), WAIT))
            .toList();
    await().until(() -> upstream.fetches() > 0);
    answered.countDown();

    results.forEach(
        result ->
            assertThat(result.join())
                .isInstanceOfSatisfying(
                    Issued.class, issued -> assertThat(issued.warning()).isNotNull()));
    assertThat(upstream.fetches()).isLessThanOrEqualTo(2);
  }

  @Test
  void callersThatHardlyWaitFetchNothingWithoutTheLease() {
    var elsewhere = store.lookOrLease(own, Revision.ABSENT).lease();
    for (var i = 0; i < 60; i++) {
      var need = new MinTtl(Duration.ofSeconds(i));
      assertThat(replica.tokenFor(acme, need, Duration.ZERO).join()).isInstanceOf(TimedOut.class);
      clock.advance(Duration.ofMillis(10));
    }

    assertThat(elsewhere).isNotNull();
    assertThat(upstream.fetches()).isZero();
  }

  @Test
  void anImpatientCallerEndsItsOwnWaitAndNobodyElses() {
    var claimedElsewhere = new AtomicBoolean(true);
    upstream.answers(
        client ->
            claimedElsewhere.get()
                ? new FetchResult.ClaimedElsewhere()
                : upstream.newToken(client));
    var patient = replica.broker.tokenFor(acme, connection, new Usable(), WAIT);
    await().until(() -> upstream.fetches() > 0);
    assertThat(replica.broker.tokenFor(acme, connection, new Usable(), Duration.ZERO).join())
        .isInstanceOf(TimedOut.class);
    clock.advance(Duration.ofSeconds(4));
    var asked = upstream.fetches();
    await().until(() -> upstream.fetches() > asked);
    claimedElsewhere.set(false);

    assertThat(patient.join()).isInstanceOf(Issued.class);
  }

  @Test
  void aFlightThatNobodyWaitsForAnyMoreEnds() {
    upstream.gives(new FetchResult.ClaimedElsewhere());
    var result = replica.broker.tokenFor(acme, connection, new Usable(), WAIT);
    await().until(() -> upstream.fetches() > 0);
    clock.advance(WAIT);

    assertThat(result.join()).isInstanceOf(TimedOut.class);
  }

  /**
   * The keep-alive only needs the connection to be renewed by somebody. A caller needs the token.
   */
  @Test
  void theKeepAliveDoesNotWaitForAnotherReplica() {
    upstream.gives(new FetchResult.ClaimedElsewhere());

    assertThat(replica.broker.keepAlive(acme, connection)).isInstanceOf(TimedOut.class);
    assertThat(upstream.fetches()).isOne();
  }

  @Test
  void aTokenOfAConnectionThatIsKeptAliveIsStoredAndNotKeptHere() {
    assertThat(replica.broker.keepAlive(acme, connection)).isInstanceOf(Issued.class);

    assertThat(replica.nearby.get(connection)).isNull();
    assertThat(store.look(connection).token()).isNotNull();
    assertThat(
            replica
                .registry
                .get("token_broker.connection.refresh")
                .counter()
                .getId()
                .getTag("trigger"))
        .isEqualTo("keep_alive");
  }

  @Test
  void theTokenOfASupersededRenewalIsNotServed() {
    var first = new AtomicBoolean(true);
    upstream.answers(
        client -> {
          if (!first.getAndSet(false)) {
            return upstream.newToken(client);
          }
          replica.broker.serve(connection, upstream.token("of-the-reconnect", acme));
          return new FetchResult.Superseded();
        });

    assertThat(replica.broker.tokenFor(acme, connection, new Usable(), WAIT).join())
        .isInstanceOfSatisfying(
            Issued.class,
            issued -> assertThat(issued.token().value()).isEqualTo("of-the-reconnect"));
  }

  @Test
  void aLateTokenDoesNotDisplaceOneThatWasRequestedLater() {
    var late = upstream.token("late", acme);
    clock.advance(Duration.ofSeconds(1));
    replica.broker.serve(connection, upstream.token("newer", acme));
    replica.broker.serve(connection, late);

    var hit = replica.broker.nearby(acme, connection, new Usable());
    assertThat(hit).isNotNull().satisfies(it -> assertThat(it.token().value()).isEqualTo("newer"));
    assertThat(store.look(connection).token()).isEqualTo(hit == null ? null : hit.token());
  }

  @Test
  void aFetchThatBreaksIsAFailureLikeOthers() {
    upstream.answers(
        client -> {
          throw new NullPointerException("a body that is not there");
        });
    var failure = (Failed) replica.get(acme);
    assertThat(failure.retryAfter()).isPositive();
    assertThat(replica.get(acme)).isInstanceOf(Failed.class);
    assertThat(upstream.fetches()).isOne();
    assertThat(
            replica.registry.get("token_broker.refresh").tag("result", "failed").counter().count())
        .isOne();

    upstream.givesTokensFor(Duration.ofHours(1));
    clock.advance(failure.retryAfter());
    assertThat(replica.get(acme)).isInstanceOf(Issued.class);
  }

  @Test
  void aLiveTokenIsServedWhateverBreaks() {
    var token = replica.token(acme);
    clock.advance(Duration.ofMinutes(30));
    upstream.answers(
        client -> {
          throw new StackOverflowError();
        });

    assertThat(replica.tokenFor(acme, new MinTtl(Duration.ofMinutes(50)), WAIT).join())
        .isInstanceOfSatisfying(Issued.class, it -> assertThat(it.token()).isEqualTo(token));
  }

  @Test
  void everyFlightHasAThreadOfItsOwnName() {
    var names = ConcurrentHashMap.<String>newKeySet();
    upstream.answers(
        client -> {
          names.add(Thread.currentThread().getName());
          return upstream.newToken(client);
        });
    replica.get(acme);
    replica.get(client("bolt"));

    assertThat(names).hasSize(2);
  }

  @Test
  void aCallerWhoNeedsMoreThanTheSharedFetchFetchesAfterIt() {
    upstream.givesTokensFor(Duration.ofMinutes(10));
    var answered = upstream.hold();
    var any = replica.tokenFor(acme, new Usable(), WAIT);
    await().until(() -> upstream.fetches() > 0);
    var more = replica.tokenFor(acme, new MinTtl(Duration.ofMinutes(50)), WAIT);
    upstream.givesTokensFor(Duration.ofHours(1));
    answered.countDown();

    assertThat(any.join()).isInstanceOf(Issued.class);
    assertThat(more.join())
        .isInstanceOfSatisfying(Issued.class, issued -> assertThat(issued.warning()).isNull());
  }
}
