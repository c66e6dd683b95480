package tokenbroker.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static tokenbroker.tokens.Replica.client;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tokenbroker.clients.Client;
import tokenbroker.clients.ClientDirectory.Entry;
import tokenbroker.memory.MemoryTokenStore;
import tokenbroker.testing.SettableClock;
import tokenbroker.tokens.FailureCause.Outage;
import tokenbroker.tokens.TokenRequirement.Usable;
import tokenbroker.tokens.TokenResult.Issued;
import tokenbroker.tokens.TokenResult.ServedFrom;

class RefreshAheadTest {

  private static final Duration PAST_ANY_RENEWAL_POINT = Duration.ofMinutes(50);

  private final SettableClock clock = new SettableClock();
  private final FakeTokenSource upstream = new FakeTokenSource(clock);
  private final MemoryTokenStore store = new MemoryTokenStore(clock.clocks());
  private final Replica replica = new Replica("a", upstream, store, clock);
  private final Replica other = new Replica("b", upstream, store, clock);
  private final Client acme = client("acme");

  @BeforeEach
  void configure() {
    replica.clients.replaceAll(List.of(new Entry(acme, null)));
    other.clients.replaceAll(List.of(new Entry(acme, null)));
  }

  @Test
  void aTokenInUseIsRenewedBeforeItEndsAndNobodyWaits() {
    var first = replica.token(acme);
    clock.advance(PAST_ANY_RENEWAL_POINT);
    replica.refreshAhead.tick();

    await().until(() -> !replica.token(acme).equals(first));
    assertThat(upstream.fetches()).isEqualTo(2);
    assertThat(((Issued) replica.get(acme)).servedFrom()).isEqualTo(ServedFrom.NEARBY);
  }

  @Test
  void whileARenewalIsUnderWayTheOldTokenIsServed() {
    var first = replica.token(acme);
    clock.advance(PAST_ANY_RENEWAL_POINT);
    var answered = upstream.hold();
    replica.refreshAhead.tick();
    await().until(() -> upstream.fetches() == 2);

    assertThat(replica.get(acme)).isEqualTo(new Issued(first, ServedFrom.NEARBY));
    answered.countDown();
    await().until(() -> !replica.token(acme).equals(first));
  }

  @Test
  void aTokenThatIsNotDueIsLeftAlone() {
    replica.token(acme);
    clock.advance(Duration.ofMinutes(30));
    replica.refreshAhead.tick();

    assertThat(nearby().isRefreshDue(clock.clocks().now())).isFalse();
    assertThat(upstream.fetches()).isOne();
  }

  @Test
  void aTokenRefreshedByOneReplicaIsAdoptedByTheOther() {
    var first = replica.token(acme);
    other.token(acme);
    clock.advance(PAST_ANY_RENEWAL_POINT);
    replica.refreshAhead.tick();
    await().until(() -> !other.token(acme).equals(first));
    other.refreshAhead.tick();

    assertThat(other.token(acme)).isEqualTo(replica.token(acme));
    assertThat(upstream.fetches()).isEqualTo(2);
  }

  @Test
  void anIdleClientIsNoLongerRenewed() {
    upstream.givesTokensFor(Duration.ofHours(1));
    replica.token(acme);
    clock.advance(PAST_ANY_RENEWAL_POINT);
    replica.refreshAhead.tick();
    await().until(() -> upstream.fetches() == 2 && fetchedNearby(2));
    clock.advance(PAST_ANY_RENEWAL_POINT);
    replica.refreshAhead.tick();
    await().until(() -> upstream.fetches() == 3 && fetchedNearby(3));
    clock.advance(PAST_ANY_RENEWAL_POINT); // More than two lifetimes after the only request.
    replica.refreshAhead.tick();

    assertThat(replica.nearby(acme, new Usable())).isNotNull();
    assertThat(upstream.fetches()).isEqualTo(3);
  }

  @Test
  void aFailedRenewalIsTriedAgainAfterThePauseAndTheTokenIsServedMeanwhile() {
    var first = replica.token(acme);
    upstream.gives(new FetchResult.Failed(Outage.CONNECT, Duration.ofSeconds(20)));
    clock.advance(PAST_ANY_RENEWAL_POINT);
    replica.refreshAhead.tick();
    await().until(() -> store.look(TokenOwner.of(acme.name())).failure() != null);
    await().until(() -> !nearby().isRefreshDue(clock.clocks().now()));
    replica.refreshAhead.tick();
    assertThat(replica.get(acme)).isEqualTo(new Issued(first, ServedFrom.NEARBY));
    assertThat(upstream.fetches()).isEqualTo(2);

    upstream.givesTokensFor(Duration.ofHours(1));
    clock.advance(Duration.ofSeconds(20));
    await()
        .until(
            () -> {
              replica.refreshAhead.tick();
              return !replica.token(acme).equals(first);
            });
    assertThat(upstream.fetches()).isEqualTo(3);
  }

  /** The number of refreshes must not depend on how often the clock ticks. */
  @Test
  void moreThanHavePlacesAtOnceAreRenewedOneAfterTheOther() {
    var clients = IntStream.range(0, 300).mapToObj(i -> client("client-" + i)).toList();
    replica.clients.replaceAll(clients.stream().map(each -> new Entry(each, null)).toList());
    clients.forEach(replica::token);
    clock.advance(PAST_ANY_RENEWAL_POINT);
    replica.refreshAhead.tick();

    await().until(() -> upstream.fetches() == 600);
  }

  private LocalToken nearby() {
    return Objects.requireNonNull(replica.nearby.get(TokenOwner.of(acme.name())));
  }

  private boolean fetchedNearby(int serial) {
    return nearby().token.value().equals("token-" + serial);
  }

  /** Everybody who can write to Redis may send any announcement, as often as they like. */
  @Test
  void announcementsDuringALookupCauseOneMoreLookup() {
    var looks = new AtomicInteger();
    var open = new CountDownLatch(1);
    var slow = new Replica("slow", upstream, slowToLook(looks, open), clock);
    slow.clients.replaceAll(List.of(new Entry(acme, null)));
    var token = slow.token(acme);
    var owner = TokenOwner.of(acme.name());
    var news = Announcement.of(Announcement.Kind.RENEWED, owner);
    store.keep(owner, token, TokenStore.Revision.UNKNOWN, news);
    await().until(() -> looks.get() == 1);
    for (var i = 0; i < 1000; i++) {
      store.keep(owner, token, TokenStore.Revision.UNKNOWN, news);
    }
    open.countDown();

    await().until(() -> looks.get() == 2);
    store.keep(owner, token, TokenStore.Revision.UNKNOWN, news);
    await().until(() -> looks.get() == 3);
  }

  /** Otherwise, a replica with many tokens would do little else. */
  @Test
  void afterASlowPassTheNextOneWaits() {
    var passes = new AtomicInteger();
    var slow = new Replica("slow", upstream, slowToPass(passes), clock);
    slow.refreshAhead.tick();
    clock.advance(Duration.ofMillis(500));
    slow.refreshAhead.tick();
    assertThat(passes).hasValue(1);

    clock.advance(Duration.ofMillis(500));
    slow.refreshAhead.tick();
    assertThat(passes).hasValue(2);
  }

  /** Each pass asks once since when announcements are heard. It takes 20 ms. */
  private TokenStore slowToPass(AtomicInteger passes) {
    return before(
        "hearingSince",
        () -> {
          passes.incrementAndGet();
          clock.advance(Duration.ofMillis(20));
        });
  }

  private TokenStore slowToLook(AtomicInteger looks, CountDownLatch open) {
    return before(
        "look",
        () -> {
          looks.incrementAndGet();
          open.await();
        });
  }

  private interface Action {
    void run() throws InterruptedException;
  }

  /** Returns the store, with an action before each call of a method. */
  private TokenStore before(String name, Action action) {
    return (TokenStore)
        Proxy.newProxyInstance(
            TokenStore.class.getClassLoader(),
            new Class<?>[] {TokenStore.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals(name)) {
                action.run();
              }
              return method.invoke(store, arguments);
            });
  }
}
