package tokenbroker.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static tokenbroker.tokens.Replica.WAIT;
import static tokenbroker.tokens.Replica.client;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import tokenbroker.clients.Client;
import tokenbroker.clients.ClientDirectory;
import tokenbroker.clients.ClientDirectory.Entry;
import tokenbroker.clients.ClientLabels;
import tokenbroker.memory.MemoryTokenStore;
import tokenbroker.testing.SettableClock;
import tokenbroker.testing.TestConfig;
import tokenbroker.time.Moment;
import tokenbroker.tokens.FailureCause.Outage;
import tokenbroker.tokens.TokenResult.Issued;
import tokenbroker.tokens.TokenResult.NotIssued;
import tokenbroker.tokens.TokenResult.ServedFrom;

/** Proves that a broken shared store never costs a token. */
class FailOpenStoreTest {

  private final SettableClock clock = new SettableClock();
  private final FakeTokenSource upstream = new FakeTokenSource(clock);
  private final MemoryTokenStore shared = new MemoryTokenStore(clock.clocks());
  private final AtomicInteger asked = new AtomicInteger();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final FailOpenStore store =
      new FailOpenStore(
          breakable(),
          new TokenMetrics(
              registry,
              new ClientLabels(new ClientDirectory(), TestConfig.defaults(), registry),
              clock),
          clock);
  private final Replica replica = new Replica("a", upstream, store, clock);
  private final Client acme = client("acme");
  private volatile boolean broken;

  @Test
  void withoutTheStoreATokenIsFetchedOnceAndServedOn() {
    broken = true;
    assertThat(((Issued) replica.get(acme)).servedFrom()).isEqualTo(ServedFrom.FETCHED);
    clock.advance(Duration.ofSeconds(10));
    assertThat(((Issued) replica.get(acme)).servedFrom()).isEqualTo(ServedFrom.NEARBY);
    assertThat(upstream.fetches()).isOne();
    assertThat(store.isUp()).isFalse();
    assertThat(registry.get("token_broker.store.up").gauge().value()).isZero();
  }

  @Test
  void aBrokenStoreIsPaidForOnceInASecond() {
    broken = true;
    replica.get(acme);
    assertThat(asked).hasValue(1);
    replica.get(client("other"));
    assertThat(asked).hasValue(1);
    assertThat(registry.get("token_broker.store.errors").counter().count()).isEqualTo(1);

    clock.advance(FailOpenStore.LEFT_ALONE);
    replica.get(client("third"));
    assertThat(asked).hasValue(2);
  }

  @Test
  void backOffHoldsWithoutTheStore() {
    broken = true;
    upstream.gives(new FetchResult.Failed(Outage.CONNECT, null));
    assertThat(replica.get(acme)).isInstanceOf(NotIssued.class);
    assertThat(replica.get(acme)).isInstanceOf(NotIssued.class);
    assertThat(upstream.fetches()).isOne();
  }

  @Test
  void backOffHoldsWithoutTheStoreAlsoWhileATokenLives() {
    replica.token(acme);
    broken = true;
    upstream.gives(new FetchResult.Failed(Outage.CONNECT, null));
    clock.advance(Duration.ofMinutes(50));
    for (var attempt = 0; attempt < 3; attempt++) {
      assertThat(replica.broker.refresh(acme, TokenOwner.of(acme.name())))
          .isInstanceOf(NotIssued.class);
    }
    assertThat(upstream.fetches()).isEqualTo(2);
  }

  @Test
  void aTokenThatDiedDuringAnOutageIsNotServedInTheNextOne() {
    broken = true;
    var first = replica.token(acme);
    var second = replica.invalidate(acme, first.id(), WAIT);
    assertThat(second.replaced()).isTrue();
    clock.advance(Duration.ofSeconds(30));
    var third = replica.invalidate(acme, ((Issued) second.current()).token().id(), WAIT);

    assertThat(((Issued) third.current()).token()).isNotEqualTo(first);
    assertThat(upstream.fetches()).isEqualTo(3);
  }

  @Test
  void aStoreThatWasWipedGetsBackWhatIsNearby() {
    var token = replica.token(acme);
    shared.forget(TokenOwner.of(acme.name()));
    replica.broker.readAgain(acme, TokenOwner.of(acme.name()));
    replica.refreshAhead.tick();

    assertThat(replica.token(acme)).isEqualTo(token);
    assertThat(replica.tokenFor(acme, new TokenRequirement.Renewed(), WAIT).join())
        .isEqualTo(new Issued(token, ServedFrom.NEARBY));
    assertThat(upstream.fetches()).isOne();
  }

  @Test
  void theStoreIsUsedAgainWhenItAnswers() {
    broken = true;
    replica.token(acme);
    broken = false;
    clock.advance(FailOpenStore.LEFT_ALONE);
    var token = replica.token(client("other"));

    assertThat(store.isUp()).isTrue();
    assertThat(shared.look(TokenOwner.of(client("other").name())).token()).isEqualTo(token);
  }

  /** Otherwise a replica that was cut off would serve a token that the others know to be dead. */
  @Test
  void afterAnOutageWhatWasReplacedMeanwhileIsNotServedAgain() {
    var other = new Replica("b", upstream, shared, clock);
    replica.clients.replaceAll(List.of(new Entry(acme, null)));
    var dead = replica.token(acme);
    other.token(acme);
    broken = true;
    clock.advance(Duration.ofSeconds(2));
    replica.broker.readAgain(acme, TokenOwner.of(acme.name()));
    assertThat(store.isUp()).isFalse();
    other.invalidate(acme, dead.id(), WAIT);

    broken = false;
    clock.advance(Duration.ofSeconds(10));
    await()
        .untilAsserted(
            () -> {
              replica.refreshAhead.tick();
              assertThat(replica.token(acme)).isNotEqualTo(dead);
            });
    assertThat(store.isUp()).isTrue();
    assertThat(upstream.fetches()).isEqualTo(2);
  }

  @Test
  void aTokenThatWasReplacedDuringAnOutageIsNotServedWhenTheStoreReturns() {
    var dead = replica.token(acme);
    broken = true;
    clock.advance(Duration.ofSeconds(1));
    var newer = ((Issued) replica.invalidate(acme, dead.id(), WAIT).current()).token();
    assertThat(newer).isNotEqualTo(dead);
    broken = false;
    clock.advance(FailOpenStore.LEFT_ALONE);
    replica.broker.readAgain(acme, TokenOwner.of(acme.name()));

    assertThat(replica.token(acme)).isEqualTo(newer);
    assertThat(shared.look(TokenOwner.of(acme.name())).token()).isEqualTo(newer);
    assertThat(new Replica("b", upstream, shared, clock).token(acme)).isEqualTo(newer);
  }

  /** A connection's claim, which has no pause, may find the store back before the tokens do. */
  @Test
  void aTokenThatMustNotBeServedAnyMoreIsDroppedInTheSecondAfterAnOutageToo() {
    replica.token(acme);
    broken = true;
    replica.broker.readAgain(acme, TokenOwner.of(acme.name()));
    assertThat(store.isUp()).isFalse();
    broken = false;
    store.drop(TokenOwner.of(acme.name()));

    assertThat(shared.look(TokenOwner.of(acme.name())).token()).isNull();
    assertThat(store.isUp()).isTrue();
  }

  @Test
  void aWallClockThatIsSetBackDoesNotKeepTheStoreUnused() {
    broken = true;
    replica.token(acme);
    broken = false;
    clock.step(Duration.ofHours(-1));
    clock.advance(FailOpenStore.LEFT_ALONE);
    replica.token(client("other"));

    assertThat(store.isUp()).isTrue();
  }

  /** Returns this test's store with a switch. While it is broken, every operation fails. */
  private TokenStore breakable() {
    return (TokenStore)
        Proxy.newProxyInstance(
            TokenStore.class.getClassLoader(),
            new Class<?>[] {TokenStore.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("hearingSince")) {
                return broken ? Optional.<Moment>empty() : shared.hearingSince();
              }
              if (method.getName().equals("onAnnouncement")) {
                @SuppressWarnings("unchecked")
                var listener = (Consumer<Announcement>) arguments[0];
                shared.onAnnouncement(
                    news -> {
                      if (!broken) {
                        listener.accept(news);
                      }
                    });
                return null;
              }
              if (broken && !method.getName().equals("partOf")) {
                asked.incrementAndGet();
                throw new StoreUnavailable("broken by the test");
              }
              return method.invoke(shared, arguments);
            });
  }
}
