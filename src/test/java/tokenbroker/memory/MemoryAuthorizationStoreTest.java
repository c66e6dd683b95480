package tokenbroker.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import tokenbroker.connections.Authorization.Progress;
import tokenbroker.connections.AuthorizationStore;
import tokenbroker.connections.AuthorizationStoreContract;
import tokenbroker.testing.SettableClock;
import tokenbroker.time.Now;

class MemoryAuthorizationStoreTest extends AuthorizationStoreContract {

  private final SettableClock clock = new SettableClock();
  private final AuthorizationStore store = new MemoryAuthorizationStore(clock);

  @Override
  protected AuthorizationStore store() {
    return store;
  }

  @Override
  protected AuthorizationStore otherReplica() {
    return store;
  }

  @Override
  protected Now now() {
    return clock.clocks().now();
  }

  @Override
  protected void letPass(Duration time) {
    clock.advance(time);
  }

  @Test
  void settingTheWallClockEndsNothing() {
    store.keep(handle, authorization(new Progress.Begun()));
    clock.step(Duration.ofDays(1));

    assertThat(store.find(handle)).isPresent();
  }
}
