package tokenbroker.tokens;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tokenbroker.clients.ClientDirectory;
import tokenbroker.clients.ClientLabels;
import tokenbroker.clients.ClientName;
import tokenbroker.memory.MemoryTokenStore;
import tokenbroker.testing.SettableClock;
import tokenbroker.testing.TestConfig;

/** Proves that a failed part of the store affects only the owners in it. */
class PartialOutageTest {

  private static final TokenOwner ACME = account("acme");
  private static final TokenOwner APEX = account("apex");
  private static final TokenOwner BOLT = account("bolt");

  private final SettableClock clock = new SettableClock();
  private final MemoryTokenStore shared = new MemoryTokenStore(clock.clocks());
  private final Set<TokenOwner> broken = new HashSet<>();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private int asked;
  private Function<String, StoreUnavailable> fault = StoreUnavailable::new;
  private final FailOpenStore store =
      new FailOpenStore(
          parted(),
          new TokenMetrics(
              registry,
              new ClientLabels(new ClientDirectory(), TestConfig.defaults(), registry),
              clock),
          clock);

  @Test
  void aPartThatDoesNotAnswerIsLeftAloneAndNoOther() {
    broken.add(ACME);
    store.look(ACME);
    assertThat(asked).isOne();
    store.look(APEX);
    assertThat(asked).as("lookups: apex is in the failed part, so it is skipped").isOne();
    store.look(BOLT);
    assertThat(asked).isEqualTo(2);

    assertThat(store.isUp(ACME)).isFalse();
    assertThat(store.isUp(APEX)).isFalse();
    assertThat(store.isUp(BOLT)).isTrue();
    assertThat(store.isUp()).isFalse();
  }

  @Test
  void aRefusalThatConcernsOneAccountLeavesThatOneAlone() {
    fault = StoreUnavailable::forOneAccount;
    broken.add(ACME);
    store.look(ACME);
    store.look(ACME);
    assertThat(asked).isOne();
    store.look(APEX);

    assertThat(asked).isEqualTo(2);
    assertThat(store.isUp(ACME)).isFalse();
    assertThat(store.isUp(APEX)).isTrue();
    assertThat(store.isUp()).isFalse();
  }

  @Test
  void theStoreIsUpWhenEachPartHasAnswered() {
    broken.addAll(Set.of(ACME, BOLT));
    store.look(ACME);
    store.look(BOLT);
    broken.clear();
    clock.advance(FailOpenStore.LEFT_ALONE);
    store.look(APEX);
    assertThat(store.isUp()).isFalse();
    store.look(BOLT);

    assertThat(store.isUp()).isTrue();
  }

  @Test
  void aPartThatNobodyAsksAnyMoreIsForgottenAfterAMinute() {
    broken.add(ACME);
    store.look(ACME);
    clock.advance(Duration.ofSeconds(59));
    store.look(BOLT);
    assertThat(store.isUp()).isFalse();
    clock.advance(Duration.ofSeconds(1));
    store.look(BOLT);

    assertThat(store.isUp()).isTrue();
  }

  private static TokenOwner account(String client) {
    return TokenOwner.of(new ClientName(client));
  }

  /** Returns a store in which the first letter of a client's name decides its part. */
  private TokenStore parted() {
    return (TokenStore)
        Proxy.newProxyInstance(
            TokenStore.class.getClassLoader(),
            new Class<?>[] {TokenStore.class},
            (proxy, method, arguments) -> answer(method, arguments));
  }

  private @Nullable Object answer(Method method, Object[] arguments)
      throws IllegalAccessException, InvocationTargetException {
    if (arguments[0] instanceof TokenOwner owner) {
      if (method.getName().equals("partOf")) {
        return owner.client().value().substring(0, 1);
      }
      asked++;
      if (broken.contains(owner)) {
        throw fault.apply("broken by the test");
      }
    }
    return method.invoke(shared, arguments);
  }
}
