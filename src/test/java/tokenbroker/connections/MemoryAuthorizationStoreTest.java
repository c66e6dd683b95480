package tokenbroker.connections;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tokenbroker.callers.Caller;
import tokenbroker.clients.ClientName;
import tokenbroker.connections.AuthorizationStore.Claim;
import tokenbroker.testing.SettableClock;
import tokenbroker.tokens.Provenance;

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
  protected void letTheClaimEnd(AuthorizationId id) {
    clock.advance(LIMIT);
  }

  @Override
  protected void letItExpire(AuthorizationId id) {
    clock.advance(Authorization.LIFE);
  }

  /** What it keeps can only be seen by letting time pass. */
  @Override
  protected Duration left(AuthorizationId id) {
    clock.advance(Authorization.LIFE.minusSeconds(1));
    return store.claim(id, "hash-of-my-cookie", LIMIT) instanceof Claim.Finished
        ? Authorization.LIFE
        : Duration.ZERO;
  }

  @Test
  void settingTheWallClockEndsNothing() {
    var id = AuthorizationId.next(new ClientName("acme"));
    var caller = new Caller("test", "someone", Set.of());
    store.keep(
        new Authorization(
            id,
            "https://shop.example/",
            null,
            "verifier",
            caller,
            "trace",
            new Provenance("https://upstream.test", "id", null, "v1")));
    clock.step(Duration.ofDays(1));

    assertThat(store.bind(id, "browser")).isPresent();
  }
}
